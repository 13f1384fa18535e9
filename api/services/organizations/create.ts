import type { Transaction } from '../../../db/client.ts';
import { newId } from '../../../db/ids.ts';
import { addOrganization, organizationConstraint } from '../../../db/organizations/add-organization.ts';
import type { OrganizationCredentials } from '../../../db/sealing/secrets.ts';
import type { OrganizationRow, SyncRow } from '../../../db/schema/rows.ts';
import type { OrganizationScope } from '../../../domain/organizations/scope.ts';
import type { DescribedOrganization } from '../../../workflows/contracts/credential-check.ts';
import type { Call } from '../../context.ts';
import type { Once } from '../../idempotency/once.ts';
import type { Organization } from '../../schemas/organization.ts';
import { recordAudit } from '../audit/record.ts';
import { withConflicts } from '../conflicts.ts';
import { claimNickname, nicknameConstraint, nicknameTaken } from '../nicknames.ts';
import { refuseOwnRole } from '../own-account.ts';
import { wakeKeeper } from '../syncs/wake-keeper.ts';
import { claimUncheckedCredentials, discardUncheckedCredentials } from './unchecked-credentials.ts';
import { adoptCredentials, checkCredentials, eraseUnadopted } from './credentials.ts';
import { describeOrganizations } from './describe.ts';
import { organizationExists } from './find.ts';
import { findPreviewedListing, refuseOtherOrganization, refuseUnpreviewedIds } from './previewed-listing.ts';
import { idsToLookUp } from './scope-ids.ts';
import { setSchedules } from './set-schedules.ts';

/** The validated fields of an organization. */
export interface NewOrganization {
  nickname: string;
  credentials: OrganizationCredentials;
  scope: OrganizationScope;
  /** True to accept ids of the scope that the organization lacks (O8). */
  allowUnknown: boolean;
  /** A finished preview, with whose listing the scope is compared; null to ask AWS. */
  previewId: string | null;
}

/**
 * Registers an organization after a worker has checked its credentials, and starts its first sync (O5, O6, O9). Until the
 * check passes, the database holds only the sealed credentials; a refusal erases them. A repeat with the same
 * Idempotency-Key joins the check. Throws own_account, nickname_taken, organization_exists, organization_checks_failed, scope_unknown,
 * preview_first, invalid_input, aws_unavailable, temporal_unavailable, check_interrupted.
 */
export async function createOrganization(call: Call, input: NewOrganization, once: Once<Organization>): Promise<Organization> {
  refuseOwnRole(call, input.credentials.organizationRole.roleArn, '/organizationRole/roleArn');
  const { scope, allowUnknown, previewId } = input;
  const listing = previewId === null ? null : await findPreviewedListing(call.deps.database.db, previewId);
  if (listing && !allowUnknown) await refuseUnpreviewedIds(call.deps.database.db, listing, scope);
  const asked = listing || allowUnknown ? null : scope;
  // Refuses a scope with too many ids before anything is written.
  if (asked) idsToLookUp(asked);
  const checked = { id: await claimUncheckedCredentials(call, input, once), roleArn: input.credentials.organizationRole.roleArn };
  try {
    const described = await checkCredentials(call, checked, asked);
    if (listing) refuseOtherOrganization(listing, described.awsOrganizationId);
    return await register(call, input, checked.id, described, once);
  } catch (error) {
    await discardUncheckedCredentials(call, once, error, (tx) => eraseUnadopted(tx, checked.id));
    throw error;
  }
}

async function register(
  call: Call,
  input: NewOrganization,
  credentialSetId: string,
  described: DescribedOrganization,
  once: Once<Organization>,
): Promise<Organization> {
  const { db } = call.deps.database;
  const { awsOrganizationId } = described;
  const { organization, row, sync } = await withConflicts(
    () =>
      db.transaction(async (tx) => {
        // Two parallel calls with one key have the same credential set. The second call waits here, and gets the answer of
        // the first.
        await adoptCredentials(tx, credentialSetId);
        await once.refuseAnswered(tx);
        return await insertOrganization(tx, call, input, credentialSetId, described, once);
      }),
    {
      [nicknameConstraint]: () => nicknameTaken(input.nickname),
      [organizationConstraint]: () => organizationExists(db, awsOrganizationId),
    },
  );
  await Promise.all([wakeKeeper(call, sync), setSchedules(call, row)]);
  return organization;
}

async function insertOrganization(
  tx: Transaction,
  call: Call,
  { nickname, credentials, scope }: NewOrganization,
  credentialSetId: string,
  described: DescribedOrganization,
  once: Once<Organization>,
): Promise<{ organization: Organization; row: OrganizationRow; sync: SyncRow }> {
  const id = newId();
  const { awsOrganizationId, managementAccountId, partition } = described;
  await claimNickname(tx, nickname, { type: 'organization', id });
  const { row, sync } = await addOrganization(tx, {
    id,
    awsOrganizationId,
    managementAccountId,
    partition,
    nickname,
    credentialSetId,
    memberRoleName: credentials.memberRole.roleName,
    scope,
  });
  await recordAudit(tx, call, {
    action: 'organization.added',
    target: { type: 'organization', id },
    detail: {
      nickname,
      awsOrganizationId,
      managementAccountId,
      organizationRole: credentials.organizationRole.roleArn,
      memberRole: credentials.memberRole.roleName,
      accessKey: credentials.accessKey !== undefined,
      scope,
      syncId: sync.id,
    },
  });
  const [organization] = await describeOrganizations(tx, [row]);
  await once.keep(tx, organization!);
  return { organization: organization!, row, sync };
}
