import { and, eq, isNotNull, sql } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import { eraseUnusedCredentials } from '../../db/credential-sets.ts';
import { credentialSets, previews, syncs } from '../../db/schema/index.ts';
import type { SyncEnding } from '../../workflows/contracts/organization-keeper.ts';

/**
 * Ends a preview. If its organization is not registered, erases the credentials, because nothing needs them after
 * (O16). A preview that has ended keeps its end. Does nothing for an erased preview.
 */
export async function endPreview(tx: Transaction, { syncId, phase, failure }: SyncEnding): Promise<void> {
  const isReady = phase === 'completed';
  const reason = isReady ? null : (failure ?? { code: 'cancelled', message: 'The preview was cancelled before it was ready.' });
  const listedAt = tx.select({ listedAt: syncs.listingCompletedAt }).from(syncs).where(eq(syncs.id, syncId));
  const used = await tx
    .select({ id: credentialSets.id })
    .from(syncs)
    .innerJoin(credentialSets, eq(credentialSets.id, syncs.credentialSetId))
    .where(and(eq(syncs.id, syncId), eq(syncs.kind, 'preview')));
  await tx
    .update(syncs)
    .set({ credentialSetId: null })
    .where(and(eq(syncs.id, syncId), eq(syncs.kind, 'preview'), isNotNull(syncs.credentialSetId)));
  await eraseUnusedCredentials(
    tx,
    used.map(({ id }) => id),
  );
  await tx
    .update(previews)
    .set({
      state: isReady ? 'ready' : 'failed',
      asOf: isReady ? sql`(${listedAt})` : null,
      failureCode: reason?.code ?? null,
      failureMessage: reason?.message ?? null,
      updatedAt: new Date(),
    })
    .where(and(eq(previews.syncId, syncId), eq(previews.state, 'running')));
}
