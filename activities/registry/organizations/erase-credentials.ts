import { and, eq, notExists, or, sql } from 'drizzle-orm';
import type { Database } from '../../../db/client.ts';
import { cloudOrganizations, clouds, credentialSets, delegationRequests, syncs } from '../../../db/schema/index.ts';

/** Erases a credential set that nothing refers to: one that was refused, or whose check came to nothing (O5). */
export async function eraseCredentials(db: Database, { credentialSetId }: { credentialSetId: string }): Promise<void> {
  const users = [
    db
      .select({ one: sql`1` })
      .from(cloudOrganizations)
      .where(eq(cloudOrganizations.credentialSetId, credentialSets.id)),
    db
      .select({ one: sql`1` })
      .from(clouds)
      .where(or(eq(clouds.credentialSetId, credentialSets.id), eq(clouds.sleepingCredentialSetId, credentialSets.id))),
    db
      .select({ one: sql`1` })
      .from(syncs)
      .where(eq(syncs.credentialSetId, credentialSets.id)),
    db
      .select({ one: sql`1` })
      .from(delegationRequests)
      .where(eq(delegationRequests.credentialSetId, credentialSets.id)),
  ];
  await db.delete(credentialSets).where(and(eq(credentialSets.id, credentialSetId), ...users.map((user) => notExists(user))));
}
