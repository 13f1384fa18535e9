import { and, asc, eq, inArray, ne, or, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../../db/client.ts';
import { cloudOrganizations, previews, syncs } from '../../db/schema/index.ts';
import type { SyncKind, SyncPhase } from '../../domain/organizations/sync.ts';
import type { NextSync } from '../../workflows/contracts/organization-keeper.ts';

const runningPhases: SyncPhase[] = ['listing', 'applying', 'badging'];

/** The first phase of each kind. */
const firstPhase: Record<SyncKind, SyncPhase> = { sync: 'listing', preview: 'listing', recheck: 'applying', badging: 'badging' };

/**
 * The piece of work that the keeper runs next. Running work comes first, because an earlier answer was lost. Otherwise
 * the oldest queued work starts. A repeated call returns the same until that work has ended.
 */
export async function takeNextSync(db: Database, { awsOrganizationId }: { awsOrganizationId: string }): Promise<NextSync | null> {
  return await db.transaction(async (tx) => {
    // Only one keeper calls this at a time, but a late second run must not take another row.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`keeper/${awsOrganizationId}`}, 0))`);
    const id = (await findRunning(tx, awsOrganizationId)) ?? (await begin(tx, awsOrganizationId));
    return id === null ? null : await describe(tx, id);
  });
}

/** A preview of an older snapshot runs beside the keeper and never lists. */
async function findRunning(tx: Transaction, awsOrganizationId: string): Promise<string | null> {
  const [row] = await tx
    .select({ id: syncs.id })
    .from(syncs)
    .where(
      and(
        eq(syncs.awsOrganizationId, awsOrganizationId),
        inArray(syncs.phase, runningPhases),
        or(ne(syncs.kind, 'preview'), eq(syncs.phase, 'listing')),
      ),
    )
    .orderBy(asc(syncs.createdAt), asc(syncs.id))
    .limit(1);
  return row?.id ?? null;
}

async function begin(tx: Transaction, awsOrganizationId: string): Promise<string | null> {
  const [row] = await tx
    .select({ id: syncs.id, kind: syncs.kind })
    .from(syncs)
    .where(and(eq(syncs.awsOrganizationId, awsOrganizationId), eq(syncs.phase, 'queued')))
    .orderBy(asc(syncs.createdAt), asc(syncs.id))
    .limit(1)
    .for('update');
  if (!row) return null;
  const now = new Date();
  await tx
    .update(syncs)
    .set({ phase: firstPhase[row.kind], startedAt: now, signalledAt: sql`coalesce(${syncs.signalledAt}, now())`, updatedAt: now })
    .where(eq(syncs.id, row.id));
  return row.id;
}

async function describe(tx: Transaction, id: string): Promise<NextSync> {
  const [row] = await tx
    .select({
      syncId: syncs.id,
      kind: syncs.kind,
      trigger: syncs.trigger,
      organizationId: syncs.organizationId,
      nickname: sql<string | null>`coalesce(${cloudOrganizations.nickname}, ${previews.nickname})`,
    })
    .from(syncs)
    .leftJoin(cloudOrganizations, eq(cloudOrganizations.id, syncs.organizationId))
    .leftJoin(previews, eq(previews.syncId, syncs.id))
    .where(eq(syncs.id, id));
  return row!;
}
