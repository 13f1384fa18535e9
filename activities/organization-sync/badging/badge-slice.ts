import { sql } from 'drizzle-orm';
import type { Database, Transaction } from '../../../db/client.ts';
import { recordset } from '../../../db/recordset.ts';
import type { CloudRow } from '../../../db/schema/rows.ts';
import { isReservedBadgeKey } from '../../../domain/badges/badge.ts';
import type { BadgeChange } from '../../../domain/badges/badge-change.ts';
import type { BadgingCounts } from '../../../domain/badges/counts.ts';
import { diffTagBadges } from '../../../domain/badges/tag-badges.ts';
import { withReservedTags } from '../../../domain/clouds/listed-standing.ts';
import type { AccountRange } from '../../../workflows/contracts/organization-sync.ts';
import { addBadgingCounts } from '../../organization-keeper/add-counts.ts';
import { loadSyncForWriting } from '../../organization-keeper/load-sync-for-writing.ts';
import { loadSlice, type SliceAccount } from '../plan/slice/load-slice.ts';
import { loadResourceTags, overwriteResourceTags } from './overwrite-resource-tags.ts';
import { writeBadges } from '../plan/slice/write-badges.ts';
import { joinBadgeChanges } from '../plan/slice/write-planned-rows.ts';

interface BadgedAccount extends SliceAccount {
  cloud: CloudRow;
  changes: BadgeChange[];
  skipped: string[];
}

/**
 * Auto-badging of a range: the tags of the snapshot become the clouds' resource tags (B4), and resource tags become
 * badges (B5). If an account's tags were not read, its stored tags are used. Each account is badged once a run; a
 * second run reads its counts from its row.
 */
export async function badgeSlice(db: Database, range: AccountRange): Promise<BadgingCounts> {
  return await db.transaction(async (tx) => {
    const { organization, ended } = await loadSyncForWriting(tx, range.syncId);
    const slice = (await loadSlice(tx, range, { lock: !ended })).filter(isOf(organization?.id));
    const stored = await loadResourceTags(
      tx,
      slice.map(({ cloud }) => cloud.id),
    );
    const tagsOf = ({ cloud, tags }: SliceAccount & { cloud: CloudRow }) => tags ?? stored.get(cloud.id) ?? new Map();
    const fresh = slice
      .filter(({ row }) => row.badgedAt === null && !ended)
      .map((account): BadgedAccount => ({ ...account, ...diff(account.badges, tagsOf(account)) }));
    if (fresh.length > 0) {
      await overwriteResourceTags(tx, stored, fresh);
      await writeBadges(
        tx,
        fresh.map(({ cloud, changes }) => ({ cloudId: cloud.id, changes })),
      );
      await writeWarnings(tx, fresh);
      await writeBadged(tx, range.syncId, fresh);
      await addBadgingCounts(tx, range.syncId, count(fresh));
    }
    const before = slice
      .filter(({ row }) => row.badgedAt !== null)
      .map((account) => ({ changes: account.row.badgeChanges ?? [], skipped: diff(account.badges, tagsOf(account)).skipped }));
    return count([...fresh, ...before]);
  });
}

function isOf(organizationId: string | undefined) {
  return (account: SliceAccount): account is SliceAccount & { cloud: CloudRow } =>
    account.cloud !== null && organizationId !== undefined && account.cloud.organizationId === organizationId;
}

function diff(badges: SliceAccount['badges'], tags: ReadonlyMap<string, string>) {
  return diffTagBadges(badges, tags);
}

function count(accounts: readonly { changes: readonly BadgeChange[]; skipped: readonly string[] }[]): BadgingCounts {
  // The plan made the organization's own badges; they do not count as work of this stage.
  const changes = accounts.flatMap((account) => account.changes.filter(({ key }) => !isReservedBadgeKey(key)));
  const having = (kind: BadgeChange['change']) => changes.filter(({ change }) => change === kind).length;
  return {
    clouds: accounts.length,
    created: having('create'),
    updated: having('update'),
    deleted: having('delete'),
    adopted: having('adopt'),
    skipped: accounts.reduce((sum, { skipped }) => sum + skipped.length, 0),
  };
}

/** A cloud has a warning for tags that cannot become badges. */
async function writeWarnings(tx: Transaction, accounts: readonly BadgedAccount[]): Promise<void> {
  const changed = accounts
    .map(({ cloud, skipped }) => ({ cloud, warnings: withReservedTags(cloud.warnings, skipped) }))
    .filter(({ cloud, warnings }) => JSON.stringify(cloud.warnings) !== JSON.stringify(warnings))
    .map(({ cloud, warnings }) => ({ id: cloud.id, warnings }));
  if (changed.length === 0) return;
  await tx.execute(sql`
    update clouds c set warnings = r."warnings", updated_at = now()
    from ${recordset('r', changed, { id: 'uuid', warnings: 'jsonb' })}
    where c.id = r."id"`);
}

async function writeBadged(tx: Transaction, syncId: string, accounts: readonly BadgedAccount[]): Promise<void> {
  const rows = accounts.map(({ row, changes }) => ({
    accountId: row.accountId,
    badgeChanges: joinBadgeChanges(
      (row.badgeChanges ?? []).filter(({ key }) => isReservedBadgeKey(key)),
      changes,
    ),
  }));
  await tx.execute(sql`
    update sync_accounts a set badge_changes = r."badgeChanges", badged_at = now()
    from ${recordset('r', rows, { accountId: 'text', badgeChanges: 'jsonb' })}
    where a.sync_id = ${syncId} and a.account_id = r."accountId"`);
}
