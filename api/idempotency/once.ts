import { and, eq, gt, lte, sql } from 'drizzle-orm';
import type { Queryable, Transaction } from '../../db/client.ts';
import { idempotencyKeys } from '../../db/schema/index.ts';
import { conflict } from '../problems/errors.ts';
import { ServiceError } from '../problems/service-error.ts';
import type { Answer } from './answer.ts';
import type { Fingerprint } from './fingerprint.ts';

const keptHours = 24;

/** The Idempotency-Key of a create call, with the caller's API key and the fingerprint of the call. */
export interface OnceIdentity {
  apiKeyId: string;
  key: string;
  fingerprint: Fingerprint;
  /** The fingerprint of the same call by another key; null if this process lacks that key. */
  fingerprintBy: (keyId: string) => string | null;
}

/** Ends the work on a call, because a parallel call with the same key already has an answer. That answer is used. */
export class AnsweredEarlier extends Error {
  override readonly name = 'AnsweredEarlier';
  readonly answer: Answer;

  constructor(answer: Answer) {
    super('an earlier call with the same Idempotency-Key has an answer');
    this.answer = answer;
  }
}

/** The operations of services on the call's Idempotency-Key. */
export type KeyClaim = Pick<Once<unknown>, 'claim' | 'release'>;

/** A create call and its repeats (S2). Without an Idempotency-Key, each call is independent. */
export class Once<Result> {
  private readonly identity: OnceIdentity | null;
  private readonly toAnswer: (result: Result) => Answer;
  private resourceId: string | null = null;
  private isRemembered = false;

  constructor(identity: OnceIdentity | null, toAnswer: (result: Result) => Answer) {
    this.identity = identity;
    this.toAnswer = toAnswer;
  }

  /**
   * The answer to an earlier call with this key, or null. Throws idempotency_key_reused if the key belongs to another call,
   * and idempotency_key_unverifiable if this process cannot compare the calls.
   */
  async earlierAnswer(db: Queryable): Promise<Answer | null> {
    return (await this.read(db))?.answer ?? null;
  }

  /**
   * Claims the key for a new resource, in the transaction that inserts the resource. Returns the id of the resource to
   * continue with: the new id, or the id that an earlier call claimed. A parallel call with the same key waits here for
   * the commit of the first call. Throws AnsweredEarlier if the earlier call has an answer.
   */
  async claim(tx: Transaction, newResourceId: string): Promise<string> {
    if (!this.identity) return newResourceId;
    const { apiKeyId, key, fingerprint } = this.identity;
    const values = {
      fingerprint: fingerprint.value,
      keyId: fingerprint.keyId,
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

  /** Throws AnsweredEarlier if a parallel call that claimed the same resource has an answer by now. */
  async refuseAnswered(db: Queryable): Promise<void> {
    const answer = await this.earlierAnswer(db);
    if (answer) this.end(answer);
  }

  /** Stores the answer of a result, in the transaction that creates the result. A parallel call finds both or neither. */
  async keep(tx: Transaction, result: Result): Promise<void> {
    await this.remember(tx, this.toAnswer(result));
  }

  /** Stores a final answer for repeats. The first stored answer stays. */
  async remember(db: Queryable, answer: Answer): Promise<void> {
    if (!this.identity || !this.resourceId || this.isRemembered) return;
    this.isRemembered = true;
    await db
      .update(idempotencyKeys)
      .set({ responseStatus: answer.status, responseHeaders: answer.headers, responseBody: { json: JSON.stringify(answer.body) } })
      .where(and(this.ownRow(), sql`${idempotencyKeys.responseStatus} is null`));
  }

  /** Releases the key after a failure, so that a repeat starts from the beginning. A stored answer stays. */
  async release(db: Queryable): Promise<void> {
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
    const { apiKeyId, key, fingerprintBy } = this.identity;
    const [row] = await db
      .select()
      .from(idempotencyKeys)
      .where(and(eq(idempotencyKeys.apiKeyId, apiKeyId), eq(idempotencyKeys.key, key), gt(idempotencyKeys.expiresAt, sql`now()`)));
    if (!row) return null;
    const own = row.keyId === null ? null : fingerprintBy(row.keyId);
    if (own === null) {
      throw conflict(
        'idempotency_key_unverifiable',
        `The first call with this Idempotency-Key cannot be compared with this one, because ${
          row.keyId === null ? 'an older release recorded it' : `this process lacks the sealing key ${row.keyId}`
        }. Nothing was created now. Look up the resource of the first call, or use a new key for a new resource.`,
      );
    }
    if (row.fingerprint !== own) {
      throw new ServiceError({
        code: 'idempotency_key_reused',
        detail: 'This Idempotency-Key was used for another call. Use a new key for each create call.',
      });
    }
    if (row.responseStatus === null) return { resourceId: row.resourceId!, answer: null };
    // A repeat must get the same bytes. jsonb does not keep the order of fields, but a text inside it does.
    const { json } = row.responseBody as { json: string };
    const answer = { status: row.responseStatus, headers: row.responseHeaders ?? {}, body: JSON.parse(json) as unknown };
    return { resourceId: row.resourceId!, answer };
  }
}
