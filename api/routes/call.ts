import type { Context } from 'hono';
import type { ApiEnv, Call } from '../context.ts';

/** The part of the HTTP call that services need. */
export function callOf(c: Context<ApiEnv>): Call {
  return { deps: c.var.deps, actor: c.var.actor, requestId: c.var.requestId };
}
