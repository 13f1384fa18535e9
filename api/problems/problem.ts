import { z } from '@hono/zod-openapi';
import { credentialCheckItemSchema } from '../schemas/credential-check.ts';
import { resourcePath } from '../schemas/resource.ts';
import { problems, titleOf, type ProblemCode } from './codes.ts';
import { RunFailedError, type ServiceError } from './service-error.ts';

export const problemMediaType = 'application/problem+json';

/** A problem document (RFC 9457) with Muster's code, the request id and the invalid fields. */
export const problemSchema = z
  .object({
    type: z.string().openapi({ description: 'URI of the kind of problem.', example: 'urn:muster:problem:nickname_taken' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string().openapi({ description: 'Path of the call.' }),
    code: z.string().openapi({ description: 'Stable code, for programs.' }),
    requestId: z.string().openapi({ description: "The same id as in X-Request-Id and in Muster's log." }),
    errors: z
      .array(z.object({ pointer: z.string(), message: z.string() }))
      .optional()
      .openapi({ description: 'All invalid fields.' }),
    checks: z
      .array(credentialCheckItemSchema)
      .optional()
      .openapi({ description: 'All checks of the credentials. Only with `organization_checks_failed` and `scope_unknown`.' }),
  })
  .openapi('Problem');

export type Problem = z.infer<typeof problemSchema>;

/** The problem document of a failed call. */
export function toProblem(error: ServiceError, call: { path: string; requestId: string }): Problem {
  return {
    type: `urn:muster:problem:${error.code}`,
    title: titleOf(error.code),
    status: statusOf(error),
    detail: error.message,
    instance: call.path,
    code: error.code,
    requestId: call.requestId,
    ...(error.errors ? { errors: error.errors } : {}),
    ...error.extra,
  };
}

function statusOf(error: ServiceError): number {
  return error instanceof RunFailedError ? 422 : problems[error.code as ProblemCode].status;
}

/** Headers of the answer to a failed call. */
export function problemHeaders(error: ServiceError): Record<string, string> {
  return {
    ...(error.resource ? { Location: resourcePath(error.resource) } : {}),
    ...(error.retryAfterSeconds ? { 'Retry-After': String(error.retryAfterSeconds) } : {}),
  };
}
