import { and, eq, gt, inArray, isNotNull, isNull, notExists, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Database, Transaction } from '../../../db/client.ts';
import { releaseClouds } from '../../../db/organizations/release-clouds.ts';
import { clouds, syncAccounts, syncs } from '../../../db/schema/index.ts';
import type { OrganizationRow, SyncRow } from '../../../db/schema/rows.ts';
import type { Removal } from '../../../domain/organizations/plan.ts';
import type { AccountRange } from '../../../workflows/contracts/organization-sync.ts';
import { auditClouds } from '../../organization-keeper/audit-clouds.ts';
import { loadSyncForWriting } from '../../organization-keeper/load-sync-for-writing.ts';
import { countRemoved } from '../../organization-keeper/add-counts.ts';
import { isScopeReplaced } from '../../organization-keeper/is-scope-replaced.ts';
import { inRange } from '../plan/slice/load-slice.ts';

/**
 * Removes the clouds of a range whose plan says so, in one transaction. A removal may have been held for days (O17), so
 * each is verified again. The cloud must still belong to the organization and have, or lack, its own credentials as
 * planned. No newer sync may have found a place for the account, or listed it without a plan yet. After a change of
 * scope, clouds that the old scope left out stay: the sync with the new scope decides (O13). `onlyConfirmed` leaves removals
 * without a confirmation to the hold.
 */
export async function removeClouds(
  db: Database,
  input: AccountRange & { onlyConfirmed?: boolean },
): Promise<{ removed: number; released: number }> {
  const { onlyConfirmed = false, ...range } = input;
  return await db.transaction(async (tx) => {
    const { sync, organization } = await loadSyncForWriting(tx, range.syncId);
    if (!organization || sync.kind !== 'sync') return { removed: 0, released: 0 };
    const due = await lockDue(tx, { sync, organization }, range, onlyConfirmed);
    const go = async (effect: Removal['effect']) => {
      const ids = due.filter(({ removal }) => removal!.effect === effect).map(({ cloudId }) => cloudId);
      const gone = ids.length === 0 ? [] : await releaseClouds(tx, organization.id, effect, { ids, remember: true });
      const of = { syncId: sync.id, organizationId: organization.id };
      await auditClouds(tx, effect === 'delete' ? 'cloud.removed' : 'cloud.released', of, gone);
      return gone.length;
    };
    const [removed, released] = [await go('delete'), await go('release')];
    if (due.length > 0) {
      await tx
        .update(syncAccounts)
        .set({ appliedAt: new Date() })
        .where(
          and(
            inRange(range),
            inArray(
              syncAccounts.accountId,
              due.map(({ accountId }) => accountId),
            ),
          ),
        );
      await countRemoved(tx, sync.id, due.length);
    }
    return { removed, released };
  });
}

/** A person confirmed the removal by switching `autoRemoveSuspended` on (O8). */
const isConfirmed = sql`(${syncAccounts.suspensionConfirmed} and ${syncAccounts.rule}->>'rule' = 'auto_remove_suspended')`;

/** The removals of a range that still apply, with their rows and clouds locked. */
async function lockDue(
  tx: Transaction,
  { sync, organization }: { sync: SyncRow; organization: OrganizationRow },
  range: AccountRange,
  onlyConfirmed: boolean,
) {
  const newer = alias(syncs, 'newer');
  const newerAccount = alias(syncAccounts, 'newer_account');
  const wantedSince = tx
    .select({ one: sql`1` })
    .from(newer)
    .innerJoin(newerAccount, eq(newerAccount.syncId, newer.id))
    .where(
      and(
        eq(newer.organizationId, sync.organizationId!),
        eq(newer.kind, 'sync'),
        gt(newer.createdAt, sync.createdAt),
        eq(newerAccount.accountId, syncAccounts.accountId),
        isNotNull(newerAccount.pass),
        or(isNotNull(newerAccount.changes), isNotNull(newer.listingCompletedAt)),
        isNull(newerAccount.removal),
      ),
    );
  const asPlanned = sql`(${syncAccounts.removal}->>'effect' = 'release') = (${clouds.sleepingCredentialSetId} is not null)`;
  return await tx
    .select({ accountId: syncAccounts.accountId, removal: syncAccounts.removal, cloudId: clouds.id })
    .from(syncAccounts)
    .innerJoin(clouds, and(eq(clouds.provider, 'aws'), eq(clouds.accountId, syncAccounts.accountId)))
    .where(
      and(
        inRange(range),
        isNotNull(syncAccounts.removal),
        isScopeReplaced(sync, organization) ? sql`${syncAccounts.removal}->>'reason' = 'departed'` : undefined,
        onlyConfirmed ? isConfirmed : undefined,
        isNull(syncAccounts.appliedAt),
        eq(clouds.organizationId, sync.organizationId!),
        asPlanned,
        notExists(wantedSince),
      ),
    )
    .orderBy(syncAccounts.accountId)
    .for('update', { of: [syncAccounts, clouds] });
}
