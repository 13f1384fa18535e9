import { and, eq, isNull } from 'drizzle-orm';
import { createMiddleware } from 'hono/factory';
import type { Database } from '../../db/client.ts';
import { setBudgetOwner } from '../../db/driver/budget.ts';
import { apiKeys } from '../../db/schema/index.ts';
import type { Actor, ApiDependencies, ApiEnv } from '../context.ts';
import { networkOf } from '../limits/network.ts';
import { rateLimited } from '../problems/errors.ts';
import { respondProblem } from '../problems/respond.ts';
import { ServiceError } from '../problems/service-error.ts';
import { hashApiKey } from '../services/api-keys/issuer.ts';

async function findActor(db: Database, keyHash: string): Promise<Actor | null> {
  const [found] = await db
    .select({ apiKeyId: apiKeys.id, name: apiKeys.name, role: apiKeys.role })
    .from(apiKeys)
    .where(and(eq(apiKeys.keyHash, keyHash), isNull(apiKeys.revokedAt)));
  return found ?? null;
}

/** Maximum number of hashes of valid keys that a process remembers. */
const maxKnown = 10_000;

/**
 * Requires a valid API key; answers 401 otherwise (S3). Keys are looked up through connections of their own. Keys that were
 * valid before have half of these connections, so that a flood of wrong keys does not delay them. A valid key is accepted
 * from any address; only refused keys count against the address.
 */
export function authenticate(deps: ApiDependencies) {
  const known = new Set<string>();
  return createMiddleware<ApiEnv>(async (c, next) => {
    const key = /^Bearer +(\S{1,200})$/i.exec(c.req.header('authorization') ?? '')?.[1];
    if (key === undefined) {
      deps.metrics.signInFailed('missing');
      return unauthorized(c);
    }
    const keyHash = hashApiKey(key);
    setBudgetOwner(known.has(keyHash) ? 'known keys' : 'unknown keys');
    const actor = await findActor(deps.authentication, keyHash);
    if (!actor) {
      known.delete(keyHash);
      const network = networkOf(deps.addressOf(c));
      deps.metrics.signInFailed('refused');
      deps.failedSignIns.note(network);
      const retryAfterSeconds = await deps.callerLimits.takeFailure(network);
      return retryAfterSeconds === null
        ? unauthorized(c)
        : respondProblem(c, rateLimited('Too many calls with a wrong API key came from your address.', retryAfterSeconds));
    }
    if (known.size >= maxKnown) known.clear();
    known.add(keyHash);
    setBudgetOwner(actor.apiKeyId);
    c.set('actor', actor);
    const isWrite = c.req.method !== 'GET' && c.req.method !== 'HEAD';
    const retryAfterSeconds = await deps.callerLimits.takeCall(actor.apiKeyId, isWrite);
    if (retryAfterSeconds !== null) {
      return respondProblem(c, rateLimited('This API key made too many calls.', retryAfterSeconds));
    }
    return await next();
  });
}

function unauthorized(c: Parameters<typeof respondProblem>[0]): Response {
  c.header('WWW-Authenticate', 'Bearer realm="muster"');
  return respondProblem(
    c,
    new ServiceError({ code: 'unauthorized', detail: 'Send a valid API key in the header Authorization: Bearer muster_….' }),
  );
}

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
