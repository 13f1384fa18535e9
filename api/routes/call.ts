import type { Context } from 'hono';
import type { ApiEnv, Call } from '../context.ts';

/** What services need of the call that is being served. */
export function callOf(c: Context<ApiEnv>): Call {
  return { deps: c.var.deps, actor: c.var.actor, requestId: c.var.requestId };
}
