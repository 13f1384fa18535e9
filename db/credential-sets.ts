import { and, eq, notExists, sql } from 'drizzle-orm';
import type { Transaction } from './client.ts';
import { inIds } from './in-ids.ts';
import { cloudOrganizations, clouds, credentialSets, syncs } from './schema/index.ts';

/**
 * Erases those of these credential sets that nothing refers to any more, a preview that goes by them included. An organization's set may outlive it: clouds
 * that were kept, and have none of their own, are still reached by it.
 */
export async function eraseUnusedCredentials(tx: Transaction, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const one = { one: sql`1` };
  await tx
    .delete(credentialSets)
    .where(
      and(
        inIds(credentialSets.id, ids),
        notExists(tx.select(one).from(clouds).where(eq(clouds.credentialSetId, credentialSets.id))),
        notExists(tx.select(one).from(clouds).where(eq(clouds.sleepingCredentialSetId, credentialSets.id))),
        notExists(tx.select(one).from(syncs).where(eq(syncs.credentialSetId, credentialSets.id))),
        notExists(tx.select(one).from(cloudOrganizations).where(eq(cloudOrganizations.credentialSetId, credentialSets.id))),
      ),
    );
}
