import { inArray, lt } from 'drizzle-orm';
import { eraseCredentials } from '../../activities/credential-check/erase-credentials.ts';
import type { Database } from '../../db/client.ts';
import { credentialSets, previews, syncs } from '../../db/schema/index.ts';

const batch = 100;

/** Previews after their time, with their snapshots; and credentials that were checked and that nobody adopted (O5). */
export async function eraseExpired(db: Database): Promise<void> {
  const now = new Date();
  const old = db.select({ syncId: previews.syncId }).from(previews).where(lt(previews.expiresAt, now)).limit(batch);
  await db.delete(syncs).where(inArray(syncs.id, old));
  const orphans = await db.select({ id: credentialSets.id }).from(credentialSets).where(lt(credentialSets.expiresAt, now)).limit(batch);
  for (const { id } of orphans) await eraseCredentials(db, { credentialSetId: id });
}
