import type { Database, Transaction } from '../../../db/client.ts';
import type { AccountRange, SliceCounts, SliceMode } from '../../../workflows/contracts/organization-sync.ts';
import { failureTypes } from '../../../workflows/contracts/failures.ts';
import { failure } from '../../failures.ts';
import { addCounts } from '../../organization-keeper/add-counts.ts';
import { auditClouds } from '../../organization-keeper/audit-clouds.ts';
import { openSync, type OpenSync } from '../../organization-keeper/open-sync.ts';
import { countsBetween, countSlice } from './slice/counts.ts';
import { loadSlice, type SliceAccount } from './slice/load.ts';
import { loadPlanner, planOne, type PlannedAccount } from './slice/plan.ts';
import { writeBadges } from './slice/write-badges.ts';
import { writeClouds } from './slice/write-clouds.ts';
import { appliedRow, plannedRow, writeRows } from './slice/write-rows.ts';

/**
 * Plans a slice and, by mode, carries the plan out, in one transaction and a handful of statements, however many
 * accounts it has. Badges of tags are planned here and made by badgeSlice, removals are made by removeClouds.
 */
export async function planSlice(db: Database, input: AccountRange & { mode: SliceMode }): Promise<SliceCounts> {
  const { syncId, mode } = input;
  return await db.transaction(async (tx) => {
    const open = await openSync(tx, syncId);
    if (mode !== 'plan' && open.sync.kind !== 'sync') {
      throw failure(failureTypes.defect, `A ${open.sync.kind} is never carried out`, { code: 'internal_error' });
    }
    const slice = await loadSlice(tx, input, { lock: mode !== 'plan' && !open.ended });
    const before = countSlice(slice.map(({ row }) => row));
    if (open.ended) return { ...before, added: 0, takenOver: 0 };
    const planner = await loadPlanner(tx, open, mode);
    const planned = slice
      .filter((account) => isOpen(account, mode))
      .map((account) => planOne(planner, account))
      .filter((account) => account !== null)
      .filter((account) => mode !== 'early' || joins(account));
    if (mode !== 'plan') await carryOut(tx, open, planned);
    const now = new Date();
    const rows = planned.map((account) => (mode === 'plan' ? plannedRow(account) : appliedRow(account, now)));
    await writeRows(tx, syncId, rows);
    const written = new Map(rows.map((row) => [row.accountId, row]));
    const after = countSlice(slice.map(({ row }) => ({ ...row, ...written.get(row.accountId) })));
    const counts = countsBetween(before, after, mode);
    await addCounts(tx, syncId, counts);
    return { ...after, added: counts.added, takenOver: counts.takenOver };
  });
}

/** Early slices take in what is listed and checked; nothing is planned again for a cloud that went by this sync. */
function isOpen({ row }: SliceAccount, mode: SliceMode): boolean {
  if (mode === 'early') return row.pass !== null && row.state === 'active' && row.checkState === 'done';
  return row.removal === null || row.appliedAt === null;
}

function joins({ plan }: PlannedAccount): boolean {
  return plan !== null && (plan.changes.includes('add') || plan.changes.includes('take_over'));
}

async function carryOut(tx: Transaction, { sync, organization }: OpenSync, planned: readonly PlannedAccount[]): Promise<void> {
  const members = planned.filter(({ wanted, plan }) => wanted || plan?.changes.includes('suspend'));
  const ids = await writeClouds(tx, organization!, members);
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
}
