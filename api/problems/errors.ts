import type { Resource } from '../schemas/resource.ts';
import type { CodeWithStatus } from './codes.ts';
import { ServiceError, type FieldFault } from './service-error.ts';

export function notFound(detail: string): ServiceError {
  return new ServiceError({ code: 'not_found', detail });
}

/** A resource that does not exist, or that the caller may not see. */
export function noneWithId(what: string): ServiceError {
  return notFound(`There is no ${what} with this id. It may have been removed.`);
}

/** A conflict under a code of its own and, where there is one, the resource that is in the way. */
export function conflict(code: CodeWithStatus<409>, detail: string, resource?: Resource): ServiceError {
  return new ServiceError({ code, detail, ...(resource ? { resource } : {}) });
}

/** Every bad field. */
export function invalid(errors: FieldFault[]): ServiceError {
  return new ServiceError({
    code: 'invalid_input',
    detail: errors.length === 1 ? errors[0]!.message : `${errors.length} fields are invalid. "errors" lists them.`,
    errors,
  });
}

/** Something that Muster stands on does not answer; the same call may succeed later. */
export function unavailable(code: CodeWithStatus<503>, detail: string, cause?: unknown): ServiceError {
  return new ServiceError({ code, detail, retryAfterSeconds: 5 }, cause);
}

export function temporalUnavailable(detail: string, cause?: unknown): ServiceError {
  return unavailable('temporal_unavailable', detail, cause);
}
