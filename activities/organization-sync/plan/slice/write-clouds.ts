import { sql } from 'drizzle-orm';
import type { Transaction } from '../../../../db/client.ts';
import { eraseUnusedCredentials } from '../../../../db/credential-sets.ts';
import { newId } from '../../../../db/ids.ts';
import { recordset, type RecordsetColumns } from '../../../../db/recordset.ts';
import type { CloudRow, OrganizationRow } from '../../../../db/schema/rows.ts';
import { formatRoleArn, type Partition } from '../../../../domain/aws/arn.ts';
import { diffTagBadges } from '../../../../domain/badges/tag-badges.ts';
import { warningCodes, type CloudStanding, type StatusCode } from '../../../../domain/clouds/check.ts';
import { permissionWarnings, standingOfListed, withReservedTags } from '../../../../domain/clouds/listed-standing.ts';
import type { CloudWarning } from '../../../../domain/clouds/status.ts';
import { failureTypes } from '../../../../workflows/contracts/failures.ts';
import { failure } from '../../../failures.ts';
import type { PlannedAccount } from './plan-account.ts';

/** A member cloud as it is to be. */
interface CloudRecord {
  id: string;
  accountId: string;
  name: string;
  /** Null where not known; then it stays as it was. */
  parentId: string | null;
  path: string | null;
  roleArn: string;
  status: string;
  statusCode: string | null;
  statusMessage: string | null;
  warnings: CloudWarning[];
  checkedAt: Date | null;
}

const columns: RecordsetColumns<CloudRecord> = {
  id: 'uuid',
  accountId: 'text',
  name: 'text',
  parentId: 'text',
  path: 'text',
  roleArn: 'text',
  status: 'text',
  statusCode: 'text',
  statusMessage: 'text',
  warnings: 'jsonb',
  checkedAt: 'timestamptz',
};

/**
 * Makes the accounts clouds of the organization, or brings those that are up to date; answers the ids of clouds by
 * account. Credentials of their own that clouds have go to sleep (O11). Conflict when an account was listed by
 * somebody else since the slice was read: the next attempt finds it there.
 */
export async function writeClouds(
  tx: Transaction,
  organization: OrganizationRow,
  accounts: readonly PlannedAccount[],
): Promise<Map<string, string>> {
  const records = accounts.map((account) => ({ account, record: toRecord(organization, account) }));
  const added = records.filter(({ account }) => account.cloud === null).map(({ record }) => record);
  if (added.length > 0) await insertClouds(tx, organization, added);
  const changed = records.filter(({ account, record }) => account.cloud && differs(account.cloud, record, organization));
  if (changed.length > 0) {
    await updateClouds(
      tx,
      organization,
      changed.map(({ record }) => record),
    );
    // A set of the cloud's own is asleep now and stays; that of an organization which is gone may have served.
    const replaced = changed.map(({ account }) => account.cloud!.credentialSetId).filter((id) => id !== organization.credentialSetId);
    await eraseUnusedCredentials(tx, replaced);
  }
  return new Map(records.map(({ record }) => [record.accountId, record.id]));
}

function toRecord(organization: OrganizationRow, account: PlannedAccount): CloudRecord {
  const { row, cloud, listed } = account;
  const member = cloud?.organizationId === organization.id ? cloud : null;
  // Somebody has rechecked the cloud since: that is the newer word on it.
  const knownSince = member?.lastCheckedAt ?? null;
  const isOutdated = knownSince !== null && row.checkedAt !== null && row.checkedAt < knownSince;
  const standing = standingOfListed(
    {
      state: row.state,
      check: isOutdated ? 'waiting' : row.checkState,
      status: row.status,
      reason: row.statusReason,
      warnings: row.warnings ?? [],
    },
    member && standingOf(member),
  );
  return {
    id: cloud?.id ?? newId(),
    accountId: row.accountId,
    name: row.name,
    parentId: listed!.ancestors?.at(-1) ?? null,
    path: listed!.path,
    roleArn: formatRoleArn(organization.partition as Partition, row.accountId, organization.memberRoleName),
    status: standing.status,
    statusCode: standing.reason?.code ?? null,
    statusMessage: standing.reason?.message ?? null,
    warnings: withTagWarnings(standing.warnings, account),
    checkedAt: isOutdated ? null : row.checkedAt,
  };
}

function standingOf({ status, statusCode, statusMessage, warnings }: CloudRow): CloudStanding {
  const reason = statusCode === null ? null : { code: statusCode as StatusCode, message: statusMessage ?? '' };
  return { status, reason, warnings: permissionWarnings(warnings) };
}

function withTagWarnings(warnings: readonly CloudWarning[], { tags, badges, cloud }: PlannedAccount): CloudWarning[] {
  if (tags) return withReservedTags(warnings, diffTagBadges(badges, tags).skipped);
  return [...warnings, ...(cloud?.warnings ?? []).filter(({ code }) => code === warningCodes.reservedTagKey)];
}

function differs(cloud: CloudRow, record: CloudRecord, organization: OrganizationRow): boolean {
  return (
    cloud.organizationId !== organization.id ||
    cloud.credentialSetId !== organization.credentialSetId ||
    cloud.roleArn !== record.roleArn ||
    cloud.name !== record.name ||
    (record.parentId !== null && cloud.organizationParentId !== record.parentId) ||
    (record.path !== null && cloud.organizationPath !== record.path) ||
    cloud.status !== record.status ||
    cloud.statusCode !== record.statusCode ||
    cloud.statusMessage !== record.statusMessage ||
    JSON.stringify(cloud.warnings) !== JSON.stringify(record.warnings) ||
    (record.checkedAt !== null && cloud.lastCheckedAt?.getTime() !== record.checkedAt.getTime())
  );
}

async function insertClouds(tx: Transaction, organization: OrganizationRow, records: readonly CloudRecord[]): Promise<void> {
  const inserted = await tx.execute(sql`
    insert into clouds (id, partition, account_id, name, status, status_code, status_message, warnings, managed, organization_id,
      organization_parent_id, organization_path, role_arn, credential_set_id, last_checked_at)
    select r."id", ${organization.partition}, r."accountId", r."name", r."status", r."statusCode", r."statusMessage", r."warnings", true,
      ${organization.id}::uuid, r."parentId", r."path", r."roleArn", ${organization.credentialSetId}::uuid, r."checkedAt"
    from ${recordset('r', records, columns)}
    order by r."accountId"
    on conflict (provider, account_id) do nothing`);
  if (inserted.count === records.length) return;
  throw failure(failureTypes.conflict, 'An account of the organization was listed by somebody else at the same moment', {
    code: 'registry_changed',
  });
}

async function updateClouds(tx: Transaction, organization: OrganizationRow, records: readonly CloudRecord[]): Promise<void> {
  // Only a set of the cloud's own sleeps: a cloud that another organization left behind is reached by that one's.
  await tx.execute(sql`
    update clouds c
    set name = r."name", status = r."status", status_code = r."statusCode", status_message = r."statusMessage", warnings = r."warnings",
      organization_parent_id = coalesce(r."parentId", case when c.organization_id = ${organization.id} then c.organization_parent_id end),
      organization_path = coalesce(r."path", case when c.organization_id = ${organization.id} then c.organization_path end),
      last_checked_at = case when c.organization_id = ${organization.id} then coalesce(r."checkedAt", c.last_checked_at) else r."checkedAt" end,
      role_arn = r."roleArn", partition = ${organization.partition}, credential_set_id = ${organization.credentialSetId}::uuid,
      sleeping_credential_set_id = case when c.managed then c.sleeping_credential_set_id when s.kind = 'cloud' then s.id end,
      managed = true, organization_id = ${organization.id}::uuid, updated_at = now()
    from ${recordset('r', records, columns)}, credential_sets s
    where c.id = r."id" and s.id = c.credential_set_id`);
}
