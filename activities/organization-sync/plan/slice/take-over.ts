import { sql } from 'drizzle-orm';
import type { Transaction } from '../../../../db/client.ts';
import { recordset } from '../../../../db/recordset.ts';
import type { OrganizationRow } from '../../../../db/schema/rows.ts';
import { cloudRecordColumns, type CloudRecord } from './cloud-record.ts';

/**
 * Takes over clouds that are already listed, on their own or under another organization. Credentials of their own sleep
 * until the account leaves the organization (O11). The caller has locked the clouds.
 */
export async function takeOverClouds(tx: Transaction, organization: OrganizationRow, records: readonly CloudRecord[]): Promise<void> {
  if (records.length === 0) return;
  // Only a cloud's own set sleeps. A cloud that another organization released uses that organization's set.
  await tx.execute(sql`
    update clouds c
    set name = r."name", status = r."status", status_code = r."statusCode", status_message = r."statusMessage", warnings = r."warnings",
      organization_parent_id = r."parentId", organization_path = r."path", last_checked_at = r."checkedAt",
      role_arn = r."roleArn", partition = ${organization.partition}, credential_set_id = ${organization.credentialSetId}::uuid,
      sleeping_credential_set_id = case when c.managed then c.sleeping_credential_set_id when s.kind = 'cloud' then s.id end,
      managed = true, organization_id = ${organization.id}::uuid, updated_at = now()
    from ${recordset('r', records, cloudRecordColumns)}, credential_sets s
    where c.id = r."id" and s.id = c.credential_set_id`);
}
