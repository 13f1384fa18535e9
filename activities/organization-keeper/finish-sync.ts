import { and, desc, eq, inArray, isNotNull, ne, notInArray, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Database, Transaction } from '../../db/client.ts';
import { cloudOrganizations, syncs } from '../../db/schema/index.ts';
import type { SyncPhase } from '../../domain/organizations/sync.ts';
import type { SyncEnding } from '../../workflows/contracts/organization-keeper.ts';
import { endPreview } from './end-preview.ts';
import { lockOrganizationOf } from './lock-organization.ts';

/** Number of syncs of each kind that an organization keeps, with their snapshots. */
const kept = 10;
const finalPhases: SyncPhase[] = ['completed', 'failed', 'cancelled'];

/**
 * Ends a piece of work. A final phase stays, except that a cancellation may add its reason. Does nothing if the
 * organization is gone.
 */
export async function finishSync(db: Database, ending: SyncEnding): Promise<void> {
  const organizationId = await db.transaction((tx) => end(tx, ending));
  // Outside the transaction, because others wait for the end and deleting a snapshot of 50,000 accounts takes long.
  if (organizationId) await dropOld(db, organizationId);
}

async function end(tx: Transaction, { syncId, phase, failure }: SyncEnding): Promise<string | null> {
  const organizationId = (await lockOrganizationOf(tx, syncId, 'no key update'))?.id ?? null;
  const now = new Date();
  const hasNotEnded = notInArray(syncs.phase, finalPhases);
  const [row] = await tx
    .update(syncs)
    .set({
      phase,
      failureCode: failure?.code ?? null,
      failureMessage: failure?.message ?? null,
      finishedAt: sql`coalesce(${syncs.finishedAt}, now())`,
      updatedAt: now,
    })
    .where(and(eq(syncs.id, syncId), phase === 'cancelled' ? or(hasNotEnded, eq(syncs.phase, 'cancelled')) : hasNotEnded))
    .returning({ kind: syncs.kind });
  if (!row) return organizationId;
  // The keeper ended it, because its own run could not.
  if (row.kind === 'preview') await endPreview(tx, { syncId, phase, failure });
  if (organizationId && (row.kind === 'badging' || (row.kind === 'sync' && phase === 'completed'))) {
    await tx.update(cloudOrganizations).set({ lastAutoBadgingAt: now, updatedAt: now }).where(eq(cloudOrganizations.id, organizationId));
  }
  return organizationId;
}

/** Keeps the newest of each kind, the newest complete listing, and syncs with held removals. Previews expire on their own. */
async function dropOld(db: Database, organizationId: string): Promise<void> {
  const rank = sql<number>`row_number() over (partition by ${syncs.kind} order by ${syncs.createdAt} desc, ${syncs.id} desc)`;
  const ranked = db
    .select({ id: syncs.id, rank: rank.as('rank') })
    .from(syncs)
    .where(and(eq(syncs.organizationId, organizationId), ne(syncs.kind, 'preview'), inArray(syncs.phase, finalPhases)))
    .as('ranked');
  const other = alias(syncs, 'other');
  const newestComplete = db
    .select({ id: other.id })
    .from(other)
    .where(
      and(
        eq(other.organizationId, organizationId),
        eq(other.kind, 'sync'),
        eq(other.phase, 'completed'),
        isNotNull(other.listingCompletedAt),
      ),
    )
    .orderBy(desc(other.createdAt), desc(other.id))
    .limit(1);
  await db.delete(syncs).where(
    and(
      inArray(
        syncs.id,
        db
          .select({ id: ranked.id })
          .from(ranked)
          .where(sql`${ranked.rank} > ${kept}`),
      ),
      notInArray(syncs.id, newestComplete),
      sql`${syncs.heldRemovalsState} is distinct from 'waiting'`,
    ),
  );
}
