import type { Resource } from '../schemas/resource.ts';
import type { ProblemCode } from './codes.ts';

/** A fault in one field. The pointer is a JSON pointer into the body, or names a query parameter or a header. */
export interface FieldFault {
  pointer: string;
  /** A sentence that states the rule. */
  message: string;
}

export interface ServiceErrorOptions<Code extends string = ProblemCode> {
  /** Stable: part of the API's contract. */
  code: Code;
  /** For people: what happened, to which thing, and what the caller does next. */
  detail: string;
  errors?: FieldFault[];
  /** The resource that is in the way, or that the call was for. */
  resource?: Resource;
  /** Seconds after which the same call may succeed. */
  retryAfterSeconds?: number;
  /** Additional facts, shown as members of the problem document. */
  extra?: Record<string, unknown>;
}

/**
 * Thrown by a service that refuses or cannot serve a call. It is independent of HTTP: api/problems looks up the status of
 * the code and makes a problem document (RFC 9457).
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
 * The workflow run of a delegation request failed before AWS had the request. The code is the run's failure code. Some of
 * those codes are also API codes with another meaning, so the status is not looked up.
 */
export class RunFailedError extends ServiceError {
  override readonly name = 'RunFailedError';

  constructor(options: ServiceErrorOptions<string>) {
    super({ ...options, code: options.code as ProblemCode });
  }
}
