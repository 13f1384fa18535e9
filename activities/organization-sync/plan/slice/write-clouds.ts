import { sql } from 'drizzle-orm';
import type { Transaction } from '../../../../db/client.ts';
import { findRememberedClouds, recallClouds, type ReturnedCloud } from '../../../../db/clouds/recall-clouds.ts';
import { eraseUnusedCredentials } from '../../../../db/credential-sets.ts';
import { recordset } from '../../../../db/recordset.ts';
import type { CloudRow, OrganizationRow } from '../../../../db/schema/rows.ts';
import { failureTypes } from '../../../../workflows/contracts/failures.ts';
import { failure } from '../../../failures.ts';
import { cloudRecordColumns, toCloudRecord, type CloudRecord } from './cloud-record.ts';
import type { PlannedAccount } from './plan-account.ts';
import { takeOverClouds } from './take-over.ts';

/**
 * Makes accounts clouds of the organization: adds new clouds, takes over clouds outside of it, and updates its own.
 * New clouds of accounts that Muster remembers get their former ids, nicknames and badges (C5). Returns the ids of the clouds
 * by account, and the clouds that returned. Fails with a conflict if another transaction listed an account after the
 * slice was read; the retry then finds its cloud.
 */
export async function writeClouds(
  tx: Transaction,
  organization: OrganizationRow,
  accounts: readonly PlannedAccount[],
): Promise<{ ids: Map<string, string>; returned: ReturnedCloud[] }> {
  const unlisted = accounts.filter(({ cloud }) => cloud === null).map(({ row }) => row.accountId);
  const remembered = await findRememberedClouds(tx, organization.partition, unlisted);
  const planned = accounts.map((account) => ({
    cloud: account.cloud,
    record: toCloudRecord(organization, account, remembered.get(account.row.accountId)?.cloudId),
  }));
  const added = planned.filter(({ cloud }) => cloud === null);
  const foreign = planned.filter(({ cloud }) => cloud !== null && cloud.organizationId !== organization.id);
  const changed = planned.filter(({ cloud, record }) => cloud?.organizationId === organization.id && differs(cloud, record, organization));
  await insertClouds(tx, organization, added.map(recordOf));
  const returned = await recallClouds(tx, [...remembered.values()]);
  await takeOverClouds(tx, organization, foreign.map(recordOf));
  await updateClouds(tx, organization, changed.map(recordOf));
  // The cloud's own set sleeps now and stays. The set of a removed organization may now be unused.
  const replaced = [...foreign, ...changed].map(({ cloud }) => cloud!.credentialSetId).filter((id) => id !== organization.credentialSetId);
  await eraseUnusedCredentials(tx, replaced);
  return { ids: new Map(planned.map(({ record }) => [record.accountId, record.id])), returned };
}

const recordOf = ({ record }: { record: CloudRecord }) => record;

function differs(cloud: CloudRow, record: CloudRecord, organization: OrganizationRow): boolean {
  return (
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
  if (records.length === 0) return;
  const inserted = await tx.execute(sql`
    insert into clouds (id, partition, account_id, name, status, status_code, status_message, warnings, managed, organization_id,
      organization_parent_id, organization_path, role_arn, credential_set_id, last_checked_at)
    select r."id", ${organization.partition}, r."accountId", r."name", r."status", r."statusCode", r."statusMessage", r."warnings", true,
      ${organization.id}::uuid, r."parentId", r."path", r."roleArn", ${organization.credentialSetId}::uuid, r."checkedAt"
    from ${recordset('r', records, cloudRecordColumns)}
    order by r."accountId"
    on conflict (provider, account_id) do nothing`);
  if (inserted.count === records.length) return;
  throw failure(failureTypes.conflict, 'Another transaction listed an account of the organization at the same time', {
    code: 'registry_changed',
  });
}

async function updateClouds(tx: Transaction, organization: OrganizationRow, records: readonly CloudRecord[]): Promise<void> {
  if (records.length === 0) return;
  await tx.execute(sql`
    update clouds c
    set name = r."name", status = r."status", status_code = r."statusCode", status_message = r."statusMessage", warnings = r."warnings",
      organization_parent_id = coalesce(r."parentId", c.organization_parent_id),
      organization_path = coalesce(r."path", c.organization_path),
      last_checked_at = coalesce(r."checkedAt", c.last_checked_at),
      role_arn = r."roleArn", partition = ${organization.partition}, credential_set_id = ${organization.credentialSetId}::uuid,
      updated_at = now()
    from ${recordset('r', records, cloudRecordColumns)}
    where c.id = r."id"`);
}
