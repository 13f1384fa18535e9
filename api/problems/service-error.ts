/** A fault in one field; the pointer is a JSON pointer into the body, or names a query parameter or header. */
export interface FieldFault {
  pointer: string;
  /** A sentence that says what is right. */
  message: string;
}

export interface ServiceErrorOptions {
  /** HTTP status that the fault answers with. */
  status: number;
  /** Stable, part of the API's contract. */
  code: string;
  /** What happened this time, in a sentence for people. */
  detail: string;
  errors?: FieldFault[];
  /** Path of the resource that is in the way. */
  location?: string;
  /** When the same call may succeed, in seconds. */
  retryAfterSeconds?: number;
  /** Further members of the problem document. */
  extra?: Record<string, unknown>;
}

/** What a service throws when it refuses or cannot serve a call; becomes a problem document (RFC 9457). */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly status: number;
  readonly code: string;
  readonly errors: FieldFault[] | undefined;
  readonly location: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly extra: Record<string, unknown>;

  constructor(options: ServiceErrorOptions, cause?: unknown) {
    super(options.detail, { cause });
    this.status = options.status;
    this.code = options.code;
    this.errors = options.errors;
    this.location = options.location;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.extra = options.extra ?? {};
  }
}
