import type { Resource } from '../schemas/resource.ts';
import type { ProblemCode } from './codes.ts';

/** A fault in one field; the pointer is a JSON pointer into the body, or names a query parameter or header. */
export interface FieldFault {
  pointer: string;
  /** A sentence that says what is right. */
  message: string;
}

export interface ServiceErrorOptions<Code extends string = ProblemCode> {
  /** Stable, part of the API's contract. */
  code: Code;
  /** What happened this time, in a sentence for people. */
  detail: string;
  errors?: FieldFault[];
  /** The resource that is in the way, or that the call was about. */
  resource?: Resource;
  /** When the same call may succeed, in seconds. */
  retryAfterSeconds?: number;
  /** Further members of the problem document. */
  extra?: Record<string, unknown>;
}

/**
 * What a service throws when it refuses or cannot serve a call. It knows nothing of HTTP: api/problems turns it into a
 * problem document (RFC 9457), with the status of its code.
 */
export class ServiceError extends Error {
  override readonly name: string = 'ServiceError';
  readonly code: string;
  readonly errors: FieldFault[] | undefined;
  readonly resource: Resource | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly extra: Record<string, unknown>;

  constructor(options: ServiceErrorOptions, cause?: unknown) {
    super(options.detail, { cause });
    this.code = options.code;
    this.errors = options.errors;
    this.resource = options.resource;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.extra = options.extra ?? {};
  }
}

/**
 * A delegation request's run failed before AWS had the request. The code is the run's own (README), and may be one that
 * the API answers with in another sense, so its status is not looked up.
 */
export class RunFailedError extends ServiceError {
  override readonly name = 'RunFailedError';

  constructor(options: ServiceErrorOptions<string>) {
    super({ ...options, code: options.code as ProblemCode });
  }
}
