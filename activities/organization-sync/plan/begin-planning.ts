import { and, arrayOverlaps, count, eq, inArray, isNotNull, notInArray, or, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../../../db/client.ts';
import { takeConfirmedSuspensions } from '../../../db/organizations/confirm-suspensions.ts';
import { findUnknownIds } from '../../../db/organizations/unknown-scope-ids.ts';
import { clouds, previews, syncAccounts, syncs } from '../../../db/schema/index.ts';
import { completeScope, judgeScope, type OrganizationScope } from '../../../domain/organizations/scope.ts';
import type { PlanningFacts } from '../../../workflows/contracts/organization-sync.ts';
import { loadSyncForWriting, type SyncForWriting } from '../../organization-keeper/load-sync-for-writing.ts';

/** Fixes the settings of a sync's plan, once. A repeated call returns the same facts. */
export async function beginPlanning(db: Database, { syncId }: { syncId: string }): Promise<PlanningFacts> {
  return await db.transaction(async (tx) => {
    const loaded = await loadSyncForWriting(tx, syncId);
    // The lock keeps two runs from numbering the same clouds.
    const [sync] = await tx.select().from(syncs).where(eq(syncs.id, syncId)).for('no key update');
    const { organization } = loaded;
    if (sync!.plannedScope === null && !loaded.ended) await begin(tx, { ...loaded, sync: sync! });
    const [after] = await tx.select({ lastNumber: syncs.lastAccountNumber }).from(syncs).where(eq(syncs.id, syncId));
    return {
      lastNumber: after!.lastNumber,
      clouds: organization ? await countFormer(tx, syncId, organization.id) : 0,
      unchecked: sync!.kind === 'preview' ? 0 : await countUnchecked(tx, syncId),
      complete: sync!.listingCompletedAt !== null,
    };
  });
}

async function begin(tx: Transaction, { sync, organization }: SyncForWriting): Promise<void> {
  const scope = sync.kind === 'preview' ? await previewedScope(tx, sync.id) : organization!.scope;
  const isComplete = sync.listingCompletedAt !== null;
  if (isComplete) await forgetEarlierPasses(tx, sync.id);
  await tx
    .update(syncs)
    .set({
      plannedScope: scope,
      plannedGeneration: organization?.settingsGeneration ?? sync.settingsGeneration,
      unknownScopeIds: isComplete ? await findUnknownIds(tx, sync.id, completeScope(scope)) : null,
      updatedAt: new Date(),
    })
    .where(eq(syncs.id, sync.id));
  if (isComplete && organization && sync.kind === 'sync') await takeConfirmedSuspensions(tx, sync.id, organization.id);
  if (organization) await numberUnlisted(tx, sync.id, organization.id);
  if (sync.kind !== 'preview') await judgeChecks(tx, sync.id, scope);
}

async function previewedScope(tx: Transaction, syncId: string): Promise<OrganizationScope> {
  const [preview] = await tx.select({ scope: previews.scope }).from(previews).where(eq(previews.syncId, syncId));
  return preview!.scope;
}

/** An account that only an earlier pass saw has left the organization during the listing. */
async function forgetEarlierPasses(tx: Transaction, syncId: string): Promise<void> {
  const newest = sql`(select max(${syncAccounts.pass}) from ${syncAccounts} where ${syncAccounts.syncId} = ${syncId})`;
  await tx
    .update(syncAccounts)
    .set({ pass: null, checkState: sql`case when ${stillToCheck} then 'skipped' else ${syncAccounts.checkState} end` })
    .where(and(eq(syncAccounts.syncId, syncId), sql`${syncAccounts.pass} < ${newest}`));
}

/** The plan includes clouds that were not listed: they may have to be removed. */
async function numberUnlisted(tx: Transaction, syncId: string, organizationId: string): Promise<void> {
  const numbered = await tx.execute(sql`
    insert into sync_accounts (sync_id, account_id, number, name, state, check_state)
    select s.id, c.account_id, s.last_account_number + row_number() over (order by c.account_id), coalesce(c.name, c.account_id),
      case c.status when 'suspended' then 'suspended' else 'active' end, 'skipped'
    from syncs s, clouds c
    where s.id = ${syncId} and c.organization_id = ${organizationId}
      and not exists (select 1 from sync_accounts a where a.sync_id = s.id and a.account_id = c.account_id)`);
  await tx
    .update(syncs)
    .set({ lastAccountNumber: sql`${syncs.lastAccountNumber} + ${numbered.count}` })
    .where(eq(syncs.id, syncId));
}

/** A check that was given up has a status. */
const stillToCheck = sql`(${syncAccounts.checkState} in ('waiting', 'deferred') and ${syncAccounts.status} is null)`;

/** Checks used the settings of their moment; the plan's settings decide. */
async function judgeChecks(tx: Transaction, syncId: string, scope: OrganizationScope): Promise<void> {
  const rows = await tx
    .select({
      accountId: syncAccounts.accountId,
      name: syncAccounts.name,
      state: syncAccounts.state,
      ancestors: syncAccounts.ancestors,
      checkState: syncAccounts.checkState,
    })
    .from(syncAccounts)
    .where(
      and(
        eq(syncAccounts.syncId, syncId),
        isNotNull(syncAccounts.pass),
        or(stillToCheck, and(eq(syncAccounts.checkState, 'skipped'), eq(syncAccounts.state, 'active'))),
      ),
    );
  const wrong = rows.filter((row) => {
    const wanted = row.state === 'active' && judgeScope(scope, row).verdict === 'in_scope';
    return wanted === (row.checkState === 'skipped');
  });
  if (wrong.length === 0) return;
  const accountIds = JSON.stringify(wrong.map(({ accountId }) => accountId));
  await tx
    .update(syncAccounts)
    .set({ checkState: sql`case ${syncAccounts.checkState} when 'skipped' then 'waiting' else 'skipped' end` })
    .where(
      and(
        eq(syncAccounts.syncId, syncId),
        sql`${syncAccounts.accountId} in (select jsonb_array_elements_text(${accountIds}::jsonb))`,
        inArray(syncAccounts.checkState, ['waiting', 'deferred', 'skipped']),
      ),
    );
}

/**
 * The organization's clouds without the ones added by early slices of this sync. Counting them would raise the limit for
 * removals without confirmation (O17).
 */
async function countFormer(tx: Transaction, syncId: string, organizationId: string): Promise<number> {
  const newcomers = tx
    .select({ accountId: syncAccounts.accountId })
    .from(syncAccounts)
    .where(and(eq(syncAccounts.syncId, syncId), arrayOverlaps(syncAccounts.changes, ['add', 'take_over'])));
  // Not a join: Postgres has no statistics for a sync that was just written.
  return await tx.$count(clouds, and(eq(clouds.organizationId, organizationId), notInArray(clouds.accountId, newcomers)));
}

async function countUnchecked(tx: Transaction, syncId: string): Promise<number> {
  const [row] = await tx
    .select({ unchecked: count() })
    .from(syncAccounts)
    .where(and(eq(syncAccounts.syncId, syncId), stillToCheck));
  return row!.unchecked;
}
