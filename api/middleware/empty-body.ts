import { createMiddleware } from 'hono/factory';
import type { ApiEnv } from '../context.ts';

/** Treats an empty body as no body, because many clients declare JSON in every call. */
export const allowEmptyBody = createMiddleware<ApiEnv>(async (c, next) => {
  if (c.req.header('content-type') !== undefined && (await c.req.arrayBuffer()).byteLength === 0) {
    const headers = new Headers(c.req.raw.headers);
    headers.delete('content-type');
    c.req.raw = new Request(c.req.url, { method: c.req.method, headers });
  }
  await next();
});
