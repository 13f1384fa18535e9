import { and, asc, eq, notExists, sql, type SQL } from 'drizzle-orm';
import type { Queryable, Transaction } from './client.ts';
import { inIds } from './in-ids.ts';
import { cloudOrganizations, clouds, credentialSets, syncs } from './schema/index.ts';

/** Matches credential sets that no cloud, organization, sync or preview refers to. */
export function isUnused(db: Queryable): SQL | undefined {
  const one = { one: sql`1` };
  return and(
    notExists(db.select(one).from(clouds).where(eq(clouds.credentialSetId, credentialSets.id))),
    notExists(db.select(one).from(clouds).where(eq(clouds.sleepingCredentialSetId, credentialSets.id))),
    notExists(db.select(one).from(clouds).where(eq(clouds.deployedCredentialSetId, credentialSets.id))),
    notExists(db.select(one).from(syncs).where(eq(syncs.credentialSetId, credentialSets.id))),
    notExists(db.select(one).from(cloudOrganizations).where(eq(cloudOrganizations.credentialSetId, credentialSets.id))),
  );
}

/**
 * Erases the given credential sets unless they are still in use. An organization's set may outlive the organization: Muster
 * still uses it to reach clouds that were kept and have no credentials of their own.
 */
export async function eraseUnusedCredentials(tx: Transaction, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  // Transactions that release the last uses of a set at the same time would each see the other's use, and none would erase it.
  // They pass here one after the other. The set of an organization stays in use, and many transactions hold it.
  const used = tx
    .select({ one: sql`1` })
    .from(cloudOrganizations)
    .where(eq(cloudOrganizations.credentialSetId, credentialSets.id));
  await tx
    .select({ id: credentialSets.id })
    .from(credentialSets)
    .where(and(inIds(credentialSets.id, ids), notExists(used)))
    .orderBy(asc(credentialSets.id))
    .for('update');
  await tx.delete(credentialSets).where(and(inIds(credentialSets.id, ids), isUnused(tx)));
}
