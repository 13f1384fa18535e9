import { createMiddleware } from 'hono/factory';
import { withDatabaseBudget } from '../../db/driver/budget.ts';
import type { ApiEnv } from '../context.ts';

/**
 * Bounds the database time of each call (S9). If a reader leaves, its running statement is cancelled in the database. A
 * write goes on, because its cleanup after a failure must not be cut off; the time limits end it.
 */
export function databaseBudget(totalMs: number) {
  return createMiddleware<ApiEnv>(async (c, next) => {
    const reads = c.req.method === 'GET' || c.req.method === 'HEAD';
    return await withDatabaseBudget(totalMs, reads ? c.req.raw.signal : null, next);
  });
}
