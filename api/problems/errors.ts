import { ServiceError, type FieldFault } from './service-error.ts';

/** 404: nothing there, or nothing that the caller may see. */
export function notFound(what: string): ServiceError {
  return new ServiceError({ status: 404, code: 'not_found', detail: `There is no such ${what}.` });
}

/** 409 with a code of its own and, where there is one, the resource that is in the way. */
export function conflict(code: string, detail: string, location?: string): ServiceError {
  return new ServiceError({ status: 409, code, detail, ...(location ? { location } : {}) });
}

/** 422 with every bad field. */
export function invalid(errors: FieldFault[]): ServiceError {
  return new ServiceError({
    status: 422,
    code: 'invalid_input',
    detail: errors.length === 1 ? errors[0]!.message : `${errors.length} fields are not right; see errors.`,
    errors,
  });
}

/** 503: something that Muster stands on does not answer; the same call may succeed later. */
export function unavailable(code: string, detail: string, cause?: unknown): ServiceError {
  return new ServiceError({ status: 503, code, detail, retryAfterSeconds: 5 }, cause);
}

export function temporalUnavailable(detail: string, cause?: unknown): ServiceError {
  return unavailable('temporal_unavailable', detail, cause);
}
