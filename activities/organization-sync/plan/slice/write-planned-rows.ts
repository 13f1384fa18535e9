import { sql } from 'drizzle-orm';
import type { Transaction } from '../../../../db/client.ts';
import { recordset, type RecordsetColumns } from '../../../../db/recordset.ts';
import type { SyncAccountRow } from '../../../../db/schema/rows.ts';
import type { BadgeChange } from '../../../../domain/badges/badge-change.ts';
import { changeKinds, type ChangeKind } from '../../../../domain/organizations/plan.ts';
import type { PlannedAccount } from './plan-account.ts';

export type PlannedRow = Pick<SyncAccountRow, 'accountId' | 'changes' | 'rule' | 'removal' | 'badgeChanges' | 'path' | 'appliedAt'>;

/** The row of a planned account whose plan is not carried out. */
export function plannedRow({ row, listed, cloud, plan }: PlannedAccount): PlannedRow {
  return {
    accountId: row.accountId,
    changes: [...(plan?.changes ?? [])],
    rule: plan?.rule ?? null,
    removal: plan?.removal ?? null,
    badgeChanges: [...(plan?.badges ?? [])],
    path: listed ? listed.path : (cloud?.organizationPath ?? null),
    appliedAt: null,
  };
}

/**
 * The row of an account whose plan was carried out, except for a removal. Changes by an earlier slice of the same sync
 * stay in it, because the later plan shows only the remaining changes.
 */
export function appliedRow(account: PlannedAccount, now: Date): PlannedRow {
  const planned = plannedRow(account);
  const { row } = account;
  const earlier = (row.changes ?? []).filter((kind) => kind !== 'exclude' && kind !== 'remove');
  const changes = joinChanges(earlier, planned.changes!);
  const isDone = changes.some((kind) => kind !== 'exclude' && kind !== 'remove');
  return {
    ...planned,
    changes,
    badgeChanges: joinBadgeChanges(row.badgeChanges ?? [], planned.badgeChanges!),
    appliedAt: isDone && !planned.removal ? (row.appliedAt ?? now) : null,
  };
}

function joinChanges(earlier: readonly ChangeKind[], planned: readonly ChangeKind[]): ChangeKind[] {
  const joined = changeKinds.filter((kind) => earlier.includes(kind) || planned.includes(kind));
  // "update" stands for changes without a kind of their own, so it is left out beside others.
  return joined.length > 1 ? joined.filter((kind) => kind !== 'update') : joined;
}

/** One change per key; the later one wins. */
export function joinBadgeChanges(earlier: readonly BadgeChange[], later: readonly BadgeChange[]): BadgeChange[] {
  return [...new Map([...earlier, ...later].map((change) => [change.key, change])).values()];
}

const columns: RecordsetColumns<PlannedRow> = {
  accountId: 'text',
  changes: 'jsonb',
  rule: 'jsonb',
  removal: 'jsonb',
  badgeChanges: 'jsonb',
  path: 'text',
  appliedAt: 'timestamptz',
};

/** Writes the plans of a slice to its rows. */
export async function writePlannedRows(tx: Transaction, syncId: string, rows: readonly PlannedRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    update sync_accounts a
    set changes = array(select jsonb_array_elements_text(r."changes")), rule = r."rule", removal = r."removal",
      badge_changes = r."badgeChanges", path = r."path", applied_at = r."appliedAt"
    from ${recordset('r', rows, columns)}
    where a.sync_id = ${syncId} and a.account_id = r."accountId"`);
}
