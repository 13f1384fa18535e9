import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { describeDatabaseError, isDatabaseUnavailable } from '../../db/errors.ts';
import type { ApiEnv } from '../context.ts';
import { unavailable } from './errors.ts';
import { problemHeaders, problemMediaType, toProblem } from './problem.ts';
import { ServiceError } from './service-error.ts';

/** Responds with the problem document of an error. */
export function respondProblem(c: Context<ApiEnv>, error: ServiceError): Response {
  const problem = toProblem(error, { path: c.req.path, requestId: c.var.requestId });
  return c.body(JSON.stringify(problem), problem.status as 400, { ...problemHeaders(error), 'Content-Type': problemMediaType });
}

/**
 * Responds with the problem document of any error from a route. Unexpected errors are logged, and answered with 500
 * without their text.
 */
export function onError(error: Error, c: Context<ApiEnv>): Response {
  return respondProblem(c, toServiceError(error, c));
}

function toServiceError(error: Error, c: Context<ApiEnv>): ServiceError {
  if (error instanceof ServiceError) return error;
  if (error instanceof HTTPException && error.status === 400) {
    return new ServiceError({ code: 'invalid_json', detail: 'The request body is not valid JSON. Send a JSON object.' });
  }
  if (error instanceof HTTPException && error.status === 415) {
    return new ServiceError({ code: 'unsupported_media_type', detail: 'Send the request body with Content-Type: application/json.' });
  }
  if (isDatabaseUnavailable(error)) {
    c.var.log.warn({ reason: describeDatabaseError(error) }, 'the database could not serve a call');
    return unavailable('database_unavailable', 'The database could not serve the call. Retry in a few seconds.');
  }
  // The message and the fields of a query error hold the query's parameters. Only the stack frames are safe to log.
  const frames = error.stack?.split('\n').filter((line) => line.startsWith('    at '));
  c.var.log.error({ error: describeDatabaseError(error), frames }, 'unexpected error');
  return new ServiceError({
    code: 'internal_error',
    detail: 'Muster failed to serve the call. Give the request id to the operator, who finds the reason in the log.',
  });
}
