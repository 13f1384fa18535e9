import { createHash } from 'node:crypto';
import { and, eq, gt, lte, sql } from 'drizzle-orm';
import type { Queryable, Transaction } from '../../db/client.ts';
import { idempotencyKeys } from '../../db/schema/index.ts';
import { ServiceError } from '../problems/service-error.ts';

const keptHours = 24;

/** What a create call answers. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

/** What a claim found: the answer of an earlier call, or the resource to go on with. */
export interface Claim {
  resourceId: string;
  answer: Answer | null;
}

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

/** One create call and its repeats (S2). Without an Idempotency-Key each call stands alone. */
export class Once {
  private readonly identity: { apiKeyId: string; key: string; fingerprint: string } | null;
  private resourceId: string | null = null;
  private isRemembered = false;

  constructor(identity: { apiKeyId: string; key: string; fingerprint: string } | null) {
    this.identity = identity;
  }

  /** The answer of an earlier call under the key; null when there is none yet. 422 when the key was for another call. */
  async earlierAnswer(db: Queryable): Promise<Answer | null> {
    if (!this.identity) return null;
    return (await this.read(db))?.answer ?? null;
  }

  /**
   * Claims the key for a new resource, in the transaction that makes it. A parallel call with the same key waits here
   * for the first one's commit and then gets its resource.
   */
  async claim(tx: Transaction, newResourceId: string): Promise<Claim> {
    if (!this.identity) return { resourceId: newResourceId, answer: null };
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
    this.isRemembered = found !== null && found.answer !== null;
    return { resourceId: this.resourceId, answer: found?.answer ?? null };
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

  private ownRow() {
    const { apiKeyId, key } = this.identity!;
    return and(eq(idempotencyKeys.apiKeyId, apiKeyId), eq(idempotencyKeys.key, key), eq(idempotencyKeys.resourceId, this.resourceId!));
  }

  private async read(db: Queryable): Promise<Claim | null> {
    const { apiKeyId, key, fingerprint } = this.identity!;
    const [row] = await db
      .select()
      .from(idempotencyKeys)
      .where(and(eq(idempotencyKeys.apiKeyId, apiKeyId), eq(idempotencyKeys.key, key), gt(idempotencyKeys.expiresAt, sql`now()`)));
    if (!row) return null;
    if (row.fingerprint !== fingerprint) {
      throw new ServiceError({
        code: 'idempotency_key_reused',
        detail: 'This Idempotency-Key was used for another call. Use a new key for each create.',
      });
    }
    if (row.responseStatus === null) return { resourceId: row.resourceId!, answer: null };
    // jsonb does not keep the order of fields; text inside it does, and the same answer shall be the same to the byte.
    const { json } = row.responseBody as { json: string };
    const answer = { status: row.responseStatus, headers: row.responseHeaders ?? {}, body: JSON.parse(json) as unknown };
    return { resourceId: row.resourceId!, answer };
  }
}
