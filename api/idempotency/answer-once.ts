import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { ApiEnv } from '../context.ts';
import { problemHeaders, problemMediaType, toProblem } from '../problems/problem.ts';
import { ServiceError } from '../problems/service-error.ts';
import type { Answer } from './answer.ts';
import { AnsweredEarlier, Once, type OnceIdentity } from './once.ts';

const rule = 'Idempotency-Key must have 1 to 255 printable ASCII characters.';

/** The header that every create call takes. */
export const idempotencyHeaders = z.object({
  'Idempotency-Key': z
    .string()
    .regex(/^[\x20-\x7e]{1,255}$/, { error: rule })
    .optional()
    .openapi({
      description: 'A repeat with the same key and body gets the same response, for 24 hours. The same key with another body gets 422.',
    }),
});

/** A create call: its work, and the answer made of the result. */
export interface CreateCall<Result> {
  /** The validated body. A repeat must have the same body. */
  body: unknown;
  work: (once: Once<Result>) => Promise<Result>;
  toAnswer: (result: Result) => Answer;
  /** Turns the stored body into the body for the caller, if the latter must not be stored. */
  reveal?: (kept: unknown) => unknown;
}

/**
 * Serves a create call under its Idempotency-Key. Final answers are stored for repeats, including refusals by AWS. Answers
 * 202 and 5xx are not stored: a repeated call continues the first one.
 */
export async function answerOnce<Result>(c: Context<ApiEnv>, call: CreateCall<Result>): Promise<Response> {
  const { database } = c.var.deps;
  const once = new Once(identityOf(c, call.body), call.toAnswer);
  const answer = (await once.earlierAnswer(database.db)) ?? (await answerOf(c, call, once));
  if (answer.status !== 202 && answer.status < 500) await once.remember(database.db, answer);
  const isRevealed = call.reveal !== undefined && answer.status < 400;
  return respond(c, isRevealed ? { ...answer, body: call.reveal!(answer.body) } : answer);
}

function identityOf(c: Context<ApiEnv>, body: unknown): OnceIdentity | null {
  const key = c.req.header('idempotency-key');
  if (key === undefined) return null;
  const { fingerprints } = c.var.deps;
  const call = { method: c.req.method, path: c.req.path, body };
  return {
    apiKeyId: c.var.actor.apiKeyId,
    key,
    fingerprint: fingerprints.of(call),
    fingerprintBy: (keyId) => fingerprints.by(keyId, call),
  };
}

async function answerOf<Result>(c: Context<ApiEnv>, { work, toAnswer }: CreateCall<Result>, once: Once<Result>): Promise<Answer> {
  try {
    return toAnswer(await work(once));
  } catch (error) {
    if (error instanceof AnsweredEarlier) return error.answer;
    if (!(error instanceof ServiceError)) throw error;
    const problem = toProblem(error, { path: c.req.path, requestId: c.var.requestId });
    return { status: problem.status, headers: { ...problemHeaders(error), 'Content-Type': problemMediaType }, body: problem };
  }
}

function respond(c: Context<ApiEnv>, answer: Answer): Response {
  return c.body(JSON.stringify(answer.body), answer.status as 200, { 'Content-Type': 'application/json', ...answer.headers });
}
