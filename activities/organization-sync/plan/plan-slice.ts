import type { Database, Transaction } from '../../../db/client.ts';
import type { AccountRange, SliceCounts, SliceMode } from '../../../workflows/contracts/organization-sync.ts';
import { failureTypes } from '../../../workflows/contracts/failures.ts';
import { failure } from '../../failures.ts';
import { addCounts } from '../../organization-keeper/add-counts.ts';
import { auditClouds } from '../../organization-keeper/audit-clouds.ts';
import { loadSyncForWriting, type SyncForWriting } from '../../organization-keeper/load-sync-for-writing.ts';
import { countsBetween, countSlice } from './slice/count-slice.ts';
import { loadSlice, type SliceAccount } from './slice/load-slice.ts';
import { loadPlanner, planOne, type PlannedAccount } from './slice/plan-account.ts';
import { writeBadges } from './slice/write-badges.ts';
import { writeClouds } from './slice/write-clouds.ts';
import { appliedRow, plannedRow, writePlannedRows } from './slice/write-planned-rows.ts';

/**
 * Plans a slice and, depending on the mode, carries the plan out. One transaction with a handful of statements handles
 * any number of accounts. Badges of tags are planned here and written by badgeSlice; removeClouds removes clouds.
 */
export async function planSlice(db: Database, input: AccountRange & { mode: SliceMode }): Promise<SliceCounts> {
  const { syncId, mode } = input;
  return await db.transaction(async (tx) => {
    const loaded = await loadSyncForWriting(tx, syncId);
    if (mode !== 'plan' && loaded.sync.kind !== 'sync') {
      throw failure(failureTypes.defect, `A ${loaded.sync.kind} must not carry out a plan`, { code: 'internal_error' });
    }
    const slice = await loadSlice(tx, input, { lock: mode !== 'plan' && !loaded.ended });
    const before = countSlice(slice.map(({ row }) => row));
    if (loaded.ended) return { ...before, added: 0, takenOver: 0 };
    const planner = await loadPlanner(tx, loaded, mode);
    const planned = slice
      .filter((account) => mayBePlanned(account, mode))
      .map((account) => planOne(planner, account))
      .filter((account) => account !== null)
      .filter((account) => mode !== 'early' || isJoining(account));
    if (mode !== 'plan') await carryOut(tx, loaded, planned);
    const now = new Date();
    const rows = planned.map((account) => (mode === 'plan' ? plannedRow(account) : appliedRow(account, now)));
    await writePlannedRows(tx, syncId, rows);
    const written = new Map(rows.map((row) => [row.accountId, row]));
    const after = countSlice(slice.map(({ row }) => ({ ...row, ...written.get(row.accountId) })));
    const counts = countsBetween(before, after, mode);
    await addCounts(tx, syncId, counts);
    return { ...after, added: counts.added, takenOver: counts.takenOver };
  });
}

/** Early slices take listed and checked accounts. A cloud that this sync removed is not planned again. */
function mayBePlanned({ row }: SliceAccount, mode: SliceMode): boolean {
  if (mode === 'early') return row.pass !== null && row.state === 'active' && row.checkState === 'done';
  return row.removal === null || row.appliedAt === null;
}

function isJoining({ plan }: PlannedAccount): boolean {
  return plan !== null && (plan.changes.includes('add') || plan.changes.includes('take_over'));
}

async function carryOut(tx: Transaction, { sync, organization }: SyncForWriting, planned: readonly PlannedAccount[]): Promise<void> {
  const members = planned.filter(({ wanted, plan }) => wanted || plan?.changes.includes('suspend'));
  const { ids, returned } = await writeClouds(tx, organization!, members);
  const cloudOf = ({ row }: PlannedAccount) => ({ id: ids.get(row.accountId)!, accountId: row.accountId });
  await writeBadges(
    tx,
    members.map((account) => ({
      cloudId: cloudOf(account).id,
      changes: account.plan?.removal
        ? []
        : (account.plan?.badges ?? []).filter((change) => 'source' in change && change.source === 'system'),
    })),
  );
  const of = { syncId: sync.id, organizationId: organization!.id };
  const having = (kind: 'add' | 'take_over') => members.filter(({ plan }) => plan?.changes.includes(kind)).map(cloudOf);
  await auditClouds(tx, 'cloud.added', of, having('add'));
  await auditClouds(tx, 'cloud.taken_over', of, having('take_over'));
  await auditClouds(tx, 'cloud.returned', of, returned);
}
