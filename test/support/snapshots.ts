import { eq, sql } from 'drizzle-orm';
import { badgeSlice } from '../../activities/organization-sync/badging/badge-slice.ts';
import { beginPlanning } from '../../activities/organization-sync/plan/begin-planning.ts';
import { planSlice } from '../../activities/organization-sync/plan/plan-slice.ts';
import { removeClouds } from '../../activities/organization-sync/removals/remove-clouds.ts';
import { forEachAtMost } from '../../activities/side-by-side.ts';
import type { Database } from '../../db/client.ts';
import { syncAccounts, syncAccountTags, syncOrganizationalUnits, syncs } from '../../db/schema/index.ts';
import type { TreeNode } from '../../domain/organizations/tree.ts';
import { insertSync, type TestOrganization } from './organizations.ts';

/** An account as an inventory and the checks leave it: active, below the root, its role accepted. */
export type SnapshotAccount = Partial<typeof syncAccounts.$inferInsert> & { accountId: string; tags?: Record<string, string> };

export const root: TreeNode = { id: 'r-1', name: 'Root', parentId: null };
export const testUnits: readonly TreeNode[] = [
  root,
  { id: 'ou-1-eng', name: 'Engineering', parentId: 'r-1' },
  { id: 'ou-1-pay', name: 'Payments', parentId: 'ou-1-eng' },
  { id: 'ou-1-ops', name: 'Payments', parentId: 'r-1' },
];

export interface Snapshot {
  accounts: readonly SnapshotAccount[];
  units?: readonly TreeNode[];
  /** The accounts were listed in one unbroken pass; true unless said otherwise. */
  complete?: boolean;
}

/** Writes a sync with the snapshot that its inventory took; answers its id. */
export async function insertSnapshot(
  db: Database,
  organization: TestOrganization,
  { accounts, units = testUnits, complete = true }: Snapshot,
  changes: Partial<typeof syncs.$inferInsert> = {},
): Promise<string> {
  const checkedAt = new Date();
  const syncId = await insertSync(db, organization, {
    phase: 'applying',
    lastAccountNumber: accounts.length,
    listingCompletedAt: complete ? checkedAt : null,
    ...changes,
  });
  const checked = { checkState: 'done' as const, status: 'ok' as const, checkedAt };
  const unchecked = { checkState: 'skipped' as const };
  const rows: (typeof syncAccounts.$inferInsert)[] = [];
  const read: (typeof syncAccountTags.$inferInsert)[] = [];
  for (const { tags, state = 'active', ...account } of accounts) {
    const { accountId } = account;
    const listed = { syncId, number: rows.length + 1, pass: 1, name: `member-${accountId}`, state, ancestors: ['r-1'] };
    rows.push({ ...listed, ...(state === 'active' ? checked : unchecked), ...account });
    if (tags) read.push({ syncId, accountId, tags });
  }
  for (let start = 0; start < rows.length; start += 1_000) {
    await db.insert(syncAccounts).values(rows.slice(start, start + 1_000));
  }
  for (let start = 0; start < read.length; start += 1_000) await db.insert(syncAccountTags).values(read.slice(start, start + 1_000));
  if (units.length > 0) {
    await db.insert(syncOrganizationalUnits).values(units.map(({ id, parentId, name }) => ({ syncId, ouId: id, parentId, name })));
  }
  return syncId;
}

/** Runs the workflow's steps on a snapshot: plan, apply, remove, badge, end. Each activity runs the given number of times. `atOnce`: slices side by side. */
export async function applySnapshot(
  db: Database,
  syncId: string,
  { sliceSize = 1_000, times = 1, atOnce = 1 }: { sliceSize?: number; times?: number; atOnce?: number } = {},
): Promise<void> {
  const repeat = async (work: () => Promise<unknown>) => {
    for (let time = 0; time < times; time += 1) await work();
  };
  await repeat(() => beginPlanning(db, { syncId }));
  const { lastNumber } = await beginPlanning(db, { syncId });
  const ranges = Array.from({ length: Math.ceil(lastNumber / sliceSize) }, (_, index) => ({
    syncId,
    from: index * sliceSize + 1,
    to: Math.min((index + 1) * sliceSize, lastNumber),
  }));
  await forEachAtMost(ranges, atOnce, (range) => repeat(() => planSlice(db, { ...range, mode: 'apply' })));
  for (const range of ranges) await repeat(() => removeClouds(db, range));
  await db.update(syncs).set({ phase: 'badging' }).where(eq(syncs.id, syncId));
  await forEachAtMost(ranges, atOnce, (range) => repeat(() => badgeSlice(db, range)));
  await db
    .update(syncs)
    .set({ phase: 'completed', finishedAt: sql`now()` })
    .where(eq(syncs.id, syncId));
}
