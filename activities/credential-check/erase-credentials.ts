import { and, eq, notExists, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { isUnused } from '../../db/credential-sets.ts';
import { credentialSets, delegationRequests } from '../../db/schema/index.ts';

/**
 * Erases a credential set that nothing refers to: one that was refused, or whose check came to nothing (O5). A delegation
 * request still needs the set that its role is to have; what becomes of that is for its own end.
 */
export async function eraseCredentials(db: Database, { credentialSetId }: { credentialSetId: string }): Promise<void> {
  const request = db
    .select({ one: sql`1` })
    .from(delegationRequests)
    .where(eq(delegationRequests.credentialSetId, credentialSets.id));
  await db.delete(credentialSets).where(and(eq(credentialSets.id, credentialSetId), isUnused(db), notExists(request)));
}
