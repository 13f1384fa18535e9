import { createHash } from 'node:crypto';
import { and, eq, gt, lte, sql } from 'drizzle-orm';
import type { Queryable, Transaction } from '../../db/client.ts';
import { idempotencyKeys } from '../../db/schema/index.ts';
import { ServiceError } from '../problems/service-error.ts';
import type { Answer } from './answer.ts';

const keptHours = 24;

/** SHA-256 over method, path and the validated body, whatever the order of its fields. */
export function fingerprintOf(method: string, path: string, body: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify([method, path, sortedKeys(body)]))
    .digest('hex');
}

function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, inner]) => [name, sortedKeys(inner)]);
}

/** A create call's Idempotency-Key, with the key's owner and the fingerprint of the call. */
export interface OnceIdentity {
  apiKeyId: string;
  key: string;
  fingerprint: string;
}

/** Ends the work on a call whose twin, under the same key, was answered in between: that answer stands. */
export class AnsweredEarlier extends Error {
  override readonly name = 'AnsweredEarlier';
  readonly answer: Answer;

  constructor(answer: Answer) {
    super('an earlier call with the same Idempotency-Key has an answer');
    this.answer = answer;
  }
}

/** What a service needs of its call's Idempotency-Key: to claim it, and to give it free. */
export type KeyClaim = Pick<Once<unknown>, 'claim' | 'forget'>;

/** One create call and its repeats (S2). Without an Idempotency-Key each call stands alone. */
export class Once<Result> {
  private readonly identity: OnceIdentity | null;
  private readonly toAnswer: (result: Result) => Answer;
  private resourceId: string | null = null;
  private isRemembered = false;

  constructor(identity: OnceIdentity | null, toAnswer: (result: Result) => Answer) {
    this.identity = identity;
    this.toAnswer = toAnswer;
  }

  /** The answer of an earlier call under the key; null when there is none yet. 422 when the key was for another call. */
  async earlierAnswer(db: Queryable): Promise<Answer | null> {
    return (await this.read(db))?.answer ?? null;
  }

  /**
   * Claims the key for a new resource, in the transaction that makes it. Answers the id of the resource to go on with: of
   * the new one, or of the one that an earlier call began. A parallel call with the same key waits here for the first
   * one's commit. Throws AnsweredEarlier where that one has its answer.
   */
  async claim(tx: Transaction, newResourceId: string): Promise<string> {
    if (!this.identity) return newResourceId;
    const { apiKeyId, key, fingerprint } = this.identity;
    const values = {
      fingerprint,
      resourceId: newResourceId,
      responseStatus: null,
      responseHeaders: null,
      responseBody: null,
      createdAt: sql`now()`,
      expiresAt: sql`now() + make_interval(hours => ${keptHours})`,
    };
    const claimed = await tx
      .insert(idempotencyKeys)
      .values({ apiKeyId, key, ...values })
      .onConflictDoUpdate({
        target: [idempotencyKeys.apiKeyId, idempotencyKeys.key],
        set: values,
        setWhere: lte(idempotencyKeys.expiresAt, sql`now()`),
      })
      .returning({ key: idempotencyKeys.key });
    const found = claimed.length > 0 ? null : await this.read(tx);
    this.resourceId = found?.resourceId ?? newResourceId;
    if (found?.answer) this.end(found.answer);
    return this.resourceId;
  }

  /** Throws AnsweredEarlier where a parallel call that claimed the same resource has its answer by now. */
  async refuseAnswered(db: Queryable): Promise<void> {
    const answer = await this.earlierAnswer(db);
    if (answer) this.end(answer);
  }

  /** Keeps a result for repeats, in the transaction that makes it: a parallel call finds both or neither. */
  async keep(tx: Transaction, result: Result): Promise<void> {
    await this.remember(tx, this.toAnswer(result));
  }

  /** Keeps a final answer for repeats. The first one stays. */
  async remember(db: Queryable, answer: Answer): Promise<void> {
    if (!this.identity || !this.resourceId || this.isRemembered) return;
    this.isRemembered = true;
    await db
      .update(idempotencyKeys)
      .set({ responseStatus: answer.status, responseHeaders: answer.headers, responseBody: { json: JSON.stringify(answer.body) } })
      .where(and(this.ownRow(), sql`${idempotencyKeys.responseStatus} is null`));
  }

  /** Gives the key free: what it made came to nothing, and a repeat shall begin anew. An answer that is kept stays. */
  async forget(db: Queryable): Promise<void> {
    if (!this.identity || !this.resourceId) return;
    await db.delete(idempotencyKeys).where(and(this.ownRow(), sql`${idempotencyKeys.responseStatus} is null`));
  }

  private end(answer: Answer): never {
    this.isRemembered = true;
    throw new AnsweredEarlier(answer);
  }

  private ownRow() {
    const { apiKeyId, key } = this.identity!;
    return and(eq(idempotencyKeys.apiKeyId, apiKeyId), eq(idempotencyKeys.key, key), eq(idempotencyKeys.resourceId, this.resourceId!));
  }

  private async read(db: Queryable): Promise<{ resourceId: string; answer: Answer | null } | null> {
    if (!this.identity) return null;
    const { apiKeyId, key, fingerprint } = this.identity;
    const [row] = await db
      .select()
      .from(idempotencyKeys)
      .where(and(eq(idempotencyKeys.apiKeyId, apiKeyId), eq(idempotencyKeys.key, key), gt(idempotencyKeys.expiresAt, sql`now()`)));
    if (!row) return null;
    if (row.fingerprint !== fingerprint) {
      throw new ServiceError({
        code: 'idempotency_key_reused',
        detail: 'This Idempotency-Key was used for another call. Use a new key for each create call.',
      });
    }
    if (row.responseStatus === null) return { resourceId: row.resourceId!, answer: null };
    // jsonb does not keep the order of fields; text inside it does, and the same answer shall be the same to the byte.
    const { json } = row.responseBody as { json: string };
    const answer = { status: row.responseStatus, headers: row.responseHeaders ?? {}, body: JSON.parse(json) as unknown };
    return { resourceId: row.resourceId!, answer };
  }
}
