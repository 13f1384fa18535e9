import { createMiddleware } from 'hono/factory';
import type { ApiEnv } from '../context.ts';
import { respondProblem } from '../problems/respond.ts';
import { ServiceError } from '../problems/service-error.ts';

/** Refuses percent-encoded bytes that are no UTF-8. Otherwise the key `%FF` in a path would be taken as these three characters. */
export const readableUrl = createMiddleware<ApiEnv>(async (c, next) => {
  const encoded = c.req.url.match(/(?:%[0-9a-f]{2})+/gi) ?? [];
  const unreadable = encoded.find((bytes) => !isUtf8(bytes));
  if (unreadable === undefined) return await next();
  return respondProblem(
    c,
    new ServiceError({
      code: 'invalid_url',
      detail: `The URL has ${unreadable}, which is not valid UTF-8. Encode the text as UTF-8 first.`,
    }),
  );
});

function isUtf8(bytes: string): boolean {
  try {
    decodeURIComponent(bytes);
    return true;
  } catch {
    return false;
  }
}
