import { newId } from '../../../../db/ids.ts';
import type { RecordsetColumns } from '../../../../db/recordset.ts';
import type { CloudRow, OrganizationRow } from '../../../../db/schema/rows.ts';
import { formatRoleArn, type Partition } from '../../../../domain/aws/arn.ts';
import { diffTagBadges } from '../../../../domain/badges/tag-badges.ts';
import { warningCodes, type CloudStanding, type StatusCode } from '../../../../domain/clouds/check.ts';
import { permissionWarnings, standingOfListed, withReservedTags } from '../../../../domain/clouds/listed-standing.ts';
import type { CloudWarning } from '../../../../domain/clouds/status.ts';
import type { PlannedAccount } from './plan-account.ts';

/** The values of a member cloud after the slice. */
export interface CloudRecord {
  id: string;
  accountId: string;
  name: string;
  /** Null if unknown; then the cloud keeps its value. */
  parentId: string | null;
  path: string | null;
  roleArn: string;
  status: string;
  statusCode: string | null;
  statusMessage: string | null;
  warnings: CloudWarning[];
  checkedAt: Date | null;
}

export const cloudRecordColumns: RecordsetColumns<CloudRecord> = {
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

/** The cloud that an account of the organization becomes. `rememberedId`: the id of its cloud that a sync removed (C5). */
export function toCloudRecord(organization: OrganizationRow, account: PlannedAccount, rememberedId: string | undefined): CloudRecord {
  const { row, cloud, listed } = account;
  const member = cloud?.organizationId === organization.id ? cloud : null;
  // The cloud was rechecked after the sync checked it, so the recheck's status stands.
  const lastCheckedAt = member?.lastCheckedAt ?? null;
  const isRecheckNewer = lastCheckedAt !== null && row.checkedAt !== null && row.checkedAt < lastCheckedAt;
  const standing = standingOfListed(
    {
      state: row.state,
      check: isRecheckNewer ? 'waiting' : row.checkState,
      status: row.status,
      reason: row.statusReason,
      warnings: row.warnings ?? [],
    },
    member && standingOf(member),
  );
  return {
    id: cloud?.id ?? rememberedId ?? newId(),
    accountId: row.accountId,
    name: row.name,
    parentId: listed!.ancestors?.at(-1) ?? null,
    path: listed!.path,
    roleArn: formatRoleArn(organization.partition as Partition, row.accountId, organization.memberRoleName),
    status: standing.status,
    statusCode: standing.reason?.code ?? null,
    statusMessage: standing.reason?.message ?? null,
    warnings: withTagWarnings(standing.warnings, account),
    checkedAt: isRecheckNewer ? null : row.checkedAt,
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
