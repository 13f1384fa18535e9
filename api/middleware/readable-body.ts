import { createMiddleware } from 'hono/factory';
import type { ApiEnv } from '../context.ts';
import { respondProblem } from '../problems/respond.ts';
import { ServiceError } from '../problems/service-error.ts';

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Refuses bodies that the routes would misread. A type such as application/merge-patch+json gives the body another meaning,
 * which only PATCH has. Bytes that are no UTF-8 would be stored as U+FFFD (RFC 8259, section 8.1).
 */
export const readableBody = createMiddleware<ApiEnv>(async (c, next) => {
  const type = c.req.header('content-type')?.split(';')[0]!.trim().toLowerCase();
  if (type === undefined || !/^application\/(?:[^;]+\+)?json$/.test(type)) return await next();
  const isMergePatch = type === 'application/merge-patch+json' && c.req.method === 'PATCH';
  if (type !== 'application/json' && !isMergePatch) {
    return respondProblem(
      c,
      new ServiceError({
        code: 'unsupported_media_type',
        detail: `Send the request body with Content-Type: application/json, not ${type}.`,
      }),
    );
  }
  const bytes = await c.req.arrayBuffer();
  try {
    strictUtf8.decode(bytes);
  } catch {
    return respondProblem(
      c,
      new ServiceError({ code: 'invalid_json', detail: 'The request body is not valid UTF-8. Encode it as UTF-8.' }),
    );
  }
  return await next();
});
