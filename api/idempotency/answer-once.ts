import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { ApiEnv } from '../context.ts';
import { problemHeaders, problemMediaType, toProblem } from '../problems/problem.ts';
import { ServiceError } from '../problems/service-error.ts';
import { fingerprintOf, Once, type Answer } from './once.ts';

const rule = 'An Idempotency-Key has 1 to 255 printable ASCII characters.';

/** The header that every create takes. */
export const idempotencyHeaders = z.object({
  'Idempotency-Key': z
    .string()
    .regex(/^[\x20-\x7e]{1,255}$/, { error: rule })
    .optional()
    .openapi({ description: 'Same key and body: the same answer again, for 24 hours. Another body: 422.' }),
});

/**
 * Serves a create call under its Idempotency-Key. Final answers are kept, refusals by AWS among them; 202 and 5xx are
 * not, so that a repeat goes on where the first call was left. `revive` makes an answer again from what was kept of it,
 * where it may not be kept as it is.
 */
export async function answerOnce(
  c: Context<ApiEnv>,
  body: unknown,
  work: (once: Once) => Promise<Answer>,
  revive: (stored: Answer) => Answer = (stored) => stored,
): Promise<Response> {
  const { database } = c.var.deps;
  const key = c.req.header('idempotency-key');
  const once = new Once(
    key === undefined ? null : { apiKeyId: c.var.actor.apiKeyId, key, fingerprint: fingerprintOf(c.req.method, c.req.path, body) },
  );
  const earlier = await once.earlierAnswer(database.db);
  if (earlier) return respond(c, revive(earlier));
  const answer = await orProblem(c, () => work(once));
  if (answer.status !== 202 && answer.status < 500) await once.remember(database.db, answer);
  return respond(c, answer);
}

async function orProblem(c: Context<ApiEnv>, work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const problem = toProblem(error, { path: c.req.path, requestId: c.var.requestId });
    return { status: problem.status, headers: { ...problemHeaders(error), 'Content-Type': problemMediaType }, body: problem };
  }
}

function respond(c: Context<ApiEnv>, answer: Answer): Response {
  return c.body(JSON.stringify(answer.body), answer.status as 200, { 'Content-Type': 'application/json', ...answer.headers });
}
