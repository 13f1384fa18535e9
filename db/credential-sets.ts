import { and, eq, notExists, sql, type SQL } from 'drizzle-orm';
import type { Queryable, Transaction } from './client.ts';
import { inIds } from './in-ids.ts';
import { cloudOrganizations, clouds, credentialSets, syncs } from './schema/index.ts';

/** Holds for a credential set that no cloud, organization or piece of work refers to; a preview that goes by one counts. */
export function isUnused(db: Queryable): SQL | undefined {
  const one = { one: sql`1` };
  return and(
    notExists(db.select(one).from(clouds).where(eq(clouds.credentialSetId, credentialSets.id))),
    notExists(db.select(one).from(clouds).where(eq(clouds.sleepingCredentialSetId, credentialSets.id))),
    notExists(db.select(one).from(syncs).where(eq(syncs.credentialSetId, credentialSets.id))),
    notExists(db.select(one).from(cloudOrganizations).where(eq(cloudOrganizations.credentialSetId, credentialSets.id))),
  );
}

/**
 * Erases those of these credential sets that nothing uses any more. An organization's set may outlive it: clouds that were
 * kept, and have none of their own, are still reached by it.
 */
export async function eraseUnusedCredentials(tx: Transaction, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.delete(credentialSets).where(and(inIds(credentialSets.id, ids), isUnused(tx)));
}
