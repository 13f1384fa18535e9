import { and, eq, isNull } from 'drizzle-orm';
import { createMiddleware } from 'hono/factory';
import type { Database } from '../../db/client.ts';
import { apiKeys } from '../../db/schema/index.ts';
import type { Actor, ApiEnv } from '../context.ts';
import { respondProblem } from '../problems/respond.ts';
import { ServiceError } from '../problems/service-error.ts';
import { hashApiKey } from '../services/api-keys/issuer.ts';

async function findActor(db: Database, key: string): Promise<Actor | null> {
  const [found] = await db
    .select({ apiKeyId: apiKeys.id, name: apiKeys.name, role: apiKeys.role })
    .from(apiKeys)
    .where(and(eq(apiKeys.keyHash, hashApiKey(key)), isNull(apiKeys.revokedAt)));
  return found ?? null;
}

/** Requires a valid API key; answers 401 otherwise (S3). */
export const authenticate = createMiddleware<ApiEnv>(async (c, next) => {
  const key = /^Bearer +(\S{1,200})$/i.exec(c.req.header('authorization') ?? '')?.[1];
  const actor = key === undefined ? null : await findActor(c.var.deps.database.db, key);
  if (!actor) {
    c.header('WWW-Authenticate', 'Bearer realm="muster"');
    return respondProblem(
      c,
      new ServiceError({ code: 'unauthorized', detail: 'Send a valid API key in the header Authorization: Bearer muster_….' }),
    );
  }
  c.set('actor', actor);
  return await next();
});

/** Answers 403 to any call of a viewer that does not read (S3). */
export const authorize = createMiddleware<ApiEnv>(async (c, next) => {
  const reads = c.req.method === 'GET' || c.req.method === 'HEAD';
  if (!reads && c.var.actor.role !== 'admin') {
    return respondProblem(
      c,
      new ServiceError({
        code: 'forbidden',
        detail: 'This API key has the role viewer, which may only read. Use an API key with the role admin.',
      }),
    );
  }
  return await next();
});
