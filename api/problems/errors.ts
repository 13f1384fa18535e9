import type { Resource } from '../schemas/resource.ts';
import type { CodeWithStatus } from './codes.ts';
import { ServiceError, type FieldFault } from './service-error.ts';

export function notFound(detail: string): ServiceError {
  return new ServiceError({ code: 'not_found', detail });
}

/** No resource has the id that the caller gave. */
export function noneWithId(what: string): ServiceError {
  return notFound(`There is no ${what} with this id. It may have been removed.`);
}

/** A conflict, with the resource that is in the way if there is one. */
export function conflict(code: CodeWithStatus<409>, detail: string, resource?: Resource): ServiceError {
  return new ServiceError({ code, detail, ...(resource ? { resource } : {}) });
}

/** Reports all invalid fields. */
export function invalid(errors: FieldFault[]): ServiceError {
  return new ServiceError({
    code: 'invalid_input',
    detail: errors.length === 1 ? errors[0]!.message : `${errors.length} fields are invalid. "errors" lists them.`,
    errors,
  });
}

/** The caller made too many calls. The detail says which. */
export function rateLimited(detail: string, retryAfterSeconds: number): ServiceError {
  return new ServiceError({ code: 'rate_limited', detail: `${detail} Retry after the time in Retry-After.`, retryAfterSeconds });
}

/** Postgres, Temporal or AWS does not answer. The same call may succeed later. */
export function unavailable(code: CodeWithStatus<503>, detail: string, cause?: unknown): ServiceError {
  return new ServiceError({ code, detail, retryAfterSeconds: 5 }, cause);
}

export function temporalUnavailable(detail: string, cause?: unknown): ServiceError {
  return unavailable('temporal_unavailable', detail, cause);
}
