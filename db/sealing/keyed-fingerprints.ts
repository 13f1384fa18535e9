import { and, asc, count, gt, isNotNull, max, ne, sql } from 'drizzle-orm';
import type { Database } from '../client.ts';
import { idempotencyKeys } from '../schema/index.ts';

/** The live Idempotency-Keys whose fingerprint needs an old sealing key. */
export interface KeyedFingerprints {
  keyId: string;
  rows: number;
  /** When the last of them expires. */
  until: Date;
}

/**
 * Counts the live Idempotency-Keys of older sealing keys. Their fingerprints cannot be made again, because the bodies of the
 * calls are not stored, but they expire within a day. A repeat of such a call is refused once the old key is removed.
 */
export async function countKeyedFingerprints(db: Database, currentKeyId: string): Promise<KeyedFingerprints[]> {
  const { keyId, expiresAt } = idempotencyKeys;
  const rows = await db
    .select({ keyId, rows: count(), until: max(expiresAt) })
    .from(idempotencyKeys)
    .where(and(isNotNull(keyId), ne(keyId, currentKeyId), gt(expiresAt, sql`now()`)))
    .groupBy(keyId)
    .orderBy(asc(keyId));
  return rows.map((row) => ({ keyId: row.keyId!, rows: row.rows, until: row.until! }));
}
