import { and, eq, notExists, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { isUnused } from '../../db/credential-sets.ts';
import { credentialSets, delegationRequests } from '../../db/schema/index.ts';

/**
 * Erases a credential set that nothing refers to, because its check refused it or failed (O5). The set of a delegation
 * request stays: the request needs it for its role, and erases it when it ends.
 */
export async function eraseCredentials(db: Database, { credentialSetId }: { credentialSetId: string }): Promise<void> {
  const request = db
    .select({ one: sql`1` })
    .from(delegationRequests)
    .where(eq(delegationRequests.credentialSetId, credentialSets.id));
  await db.delete(credentialSets).where(and(eq(credentialSets.id, credentialSetId), isUnused(db), notExists(request)));
}
