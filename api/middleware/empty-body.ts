import { createMiddleware } from 'hono/factory';
import type { ApiEnv } from '../context.ts';

/** Takes an empty body for none: many clients declare JSON with every call, also where they send nothing. */
export const allowEmptyBody = createMiddleware<ApiEnv>(async (c, next) => {
  if (c.req.header('content-type') !== undefined && (await c.req.arrayBuffer()).byteLength === 0) {
    const headers = new Headers(c.req.raw.headers);
    headers.delete('content-type');
    c.req.raw = new Request(c.req.url, { method: c.req.method, headers });
  }
  await next();
});
