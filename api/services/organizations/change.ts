import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Transaction } from '../../../db/client.ts';
import { eraseUnusedCredentials } from '../../../db/credential-sets.ts';
import { confirmSuspensions, revokeSuspensions, type ConfirmedSuspensions } from '../../../db/organizations/confirm-suspensions.ts';
import { requestWork } from '../../../db/organizations/request-work.ts';
import { badges, cloudOrganizations, clouds } from '../../../db/schema/index.ts';
import type { OrganizationRow } from '../../../db/schema/rows.ts';
import type { OrganizationCredentials } from '../../../db/sealing/secrets.ts';
import { formatRoleArn, type Partition } from '../../../domain/aws/arn.ts';
import { organizationBadgeKeys } from '../../../domain/badges/organization-badges.ts';
import type { OrganizationScope } from '../../../domain/organizations/scope.ts';
import type { Call } from '../../context.ts';
import { invalid } from '../../problems/errors.ts';
import type { Organization } from '../../schemas/organization.ts';
import { recordAudit } from '../audit/record.ts';
import { withConflicts } from '../conflicts.ts';
import { claimNickname, freeNickname, nicknameConstraint, nicknameTaken, refuseTakenNickname } from '../nicknames.ts';
import { refuseOwnRole } from '../own-account.ts';
import { wakeKeeper } from '../syncs/wake-keeper.ts';
import { requireTemporal } from '../temporal.ts';
import { adoptCredentials, checkCredentials, eraseUnadopted, insertUnchecked, sealCredentials } from './credentials.ts';
import { describeOrganizations } from './describe.ts';
import { withDeployedExternalIds } from './deployed.ts';
import { findOrganization, lockOrganization } from './find.ts';
import { refuseUnlistedIds, type ScopeOptions } from './scope-ids.ts';
import { setSchedules } from './set-schedules.ts';

/** The changes of an organization. Fields that are not given keep their values. */
export interface OrganizationChange {
  nickname?: string | undefined;
  /** Replaces the whole scope. */
  scope?: OrganizationScope | undefined;
  syncEveryMinutes?: number | undefined;
  autoBadgingEveryMinutes?: number | undefined;
  /** All credentials. They are checked before they replace the current credentials. */
  credentials?: OrganizationCredentials | undefined;
}

/**
 * Changes an organization in one transaction. A new scope or new credentials start a sync at once (O13). A new nickname
 * updates the badge of every cloud in the transaction (O7). New intervals are set in Temporal after the commit. Throws not_found, own_account, nickname_taken, invalid_input, scope_unknown, organization_checks_failed,
 * temporal_unavailable, aws_unavailable, check_interrupted.
 */
export async function changeOrganization(
  call: Call,
  id: string,
  change: OrganizationChange,
  options: ScopeOptions = {},
): Promise<Organization> {
  const { db } = call.deps.database;
  const before = await findOrganization(db, id);
  if (change.credentials) refuseOwnRole(call, change.credentials.organizationRole.roleArn, '/credentials/organizationRole/roleArn');
  if (change.nickname !== undefined) await refuseTakenNickname(db, change.nickname, id);
  if (change.scope && !options.allowUnknown) await refuseUnlistedIds(db, before, change.scope);
  if (change.scope || change.credentials) await requireTemporal(call);
  if (!change.credentials) return await apply(call, id, change, null, options);
  const credentials = await withDeployedExternalIds(call, before, change.credentials);
  const set = await sealCredentials(call.deps.sealer, credentials);
  await insertUnchecked(db, set);
  try {
    const opened = await checkCredentials(call, set);
    if (opened.awsOrganizationId !== before.awsOrganizationId) throw otherOrganization(before, opened.awsOrganizationId);
    return await apply(call, id, change, set.id, options);
  } finally {
    await eraseUnadopted(db, set.id);
  }
}

function otherOrganization(before: OrganizationRow, awsOrganizationId: string) {
  return invalid([
    {
      pointer: '/credentials/organizationRole/roleArn',
      message: `These credentials belong to organization ${awsOrganizationId}, but this is organization ${before.awsOrganizationId}. Add ${awsOrganizationId} as a separate organization.`,
    },
  ]);
}

async function apply(
  call: Call,
  id: string,
  change: OrganizationChange,
  credentialSetId: string | null,
  { allowUnknown }: ScopeOptions,
): Promise<Organization> {
  const { nickname, scope, syncEveryMinutes, autoBadgingEveryMinutes } = change;
  const { organization, row, sync } = await withConflicts(
    () =>
      call.deps.database.db.transaction(async (tx) => {
        const before = await lockOrganization(tx, id);
        // Again under the lock, because the scope may have changed since.
        if (scope && !allowUnknown) await refuseUnlistedIds(tx, before, scope);
        if (nickname !== undefined) await rename(tx, id, nickname);
        const isNewSettings = nickname !== undefined || scope !== undefined || credentialSetId !== null;
        const [after] = await tx
          .update(cloudOrganizations)
          .set({
            ...(nickname === undefined ? {} : { nickname }),
            ...(scope === undefined ? {} : { scope }),
            // The times of the next runs were those of the old intervals.
            ...(syncEveryMinutes === undefined ? {} : { syncEveryMinutes, nextSyncAt: null }),
            ...(autoBadgingEveryMinutes === undefined ? {} : { autoBadgingEveryMinutes, nextAutoBadgingAt: null }),
            ...(isNewSettings ? { settingsGeneration: before.settingsGeneration + 1 } : {}),
            updatedAt: new Date(),
          })
          .where(eq(cloudOrganizations.id, id))
          .returning();
        const suspendedNow = scope === undefined ? null : await settleSuspensions(tx, before, scope);
        const row = credentialSetId === null ? after! : await replaceCredentials(tx, after!, credentialSetId, change.credentials!);
        const trigger = credentialSetId === null ? 'scope_changed' : 'credentials_changed';
        const requested = scope || credentialSetId !== null ? await requestWork(tx, row, { kind: 'sync', trigger }) : null;
        await recordAudit(tx, call, {
          action: 'organization.changed',
          target: { type: 'organization', id },
          detail: { ...describeChange(before, change, requested?.id), ...(suspendedNow ? { suspendedNow } : {}) },
        });
        const [described] = await describeOrganizations(tx, [row]);
        return { organization: { ...described!, suspendedNow: suspendedNow ?? described!.suspendedNow }, row, sync: requested };
      }),
    { [nicknameConstraint]: () => nicknameTaken(nickname!) },
  );
  const isRescheduled = syncEveryMinutes !== undefined || autoBadgingEveryMinutes !== undefined;
  await Promise.all([sync ? wakeKeeper(call, sync) : null, isRescheduled ? setSchedules(call, row) : null]);
  return organization;
}

/** Switching `autoRemoveSuspended` on confirms the removal of the accounts that are suspended now (O8). Null if it is not. */
async function settleSuspensions(tx: Transaction, before: OrganizationRow, scope: OrganizationScope): Promise<ConfirmedSuspensions | null> {
  if (!scope.autoRemoveSuspended) await revokeSuspensions(tx, before.id);
  const isSwitchedOn = scope.autoRemoveSuspended && !before.scope.autoRemoveSuspended;
  return isSwitchedOn ? await confirmSuspensions(tx, before.id) : null;
}

async function rename(tx: Transaction, id: string, nickname: string): Promise<void> {
  await freeNickname(tx, 'organization', id);
  await claimNickname(tx, nickname, { type: 'organization', id });
  const members = tx.select({ id: clouds.id }).from(clouds).where(eq(clouds.organizationId, id));
  await tx
    .update(badges)
    .set({ value: nickname, updatedAt: new Date() })
    .where(and(eq(badges.key, organizationBadgeKeys.nickname), inArray(badges.cloudId, members)));
}

/** Managed clouds use the organization's credential set, and show the ARN of the member role. */
async function replaceCredentials(
  tx: Transaction,
  before: OrganizationRow,
  credentialSetId: string,
  { memberRole }: OrganizationCredentials,
): Promise<OrganizationRow> {
  await adoptCredentials(tx, credentialSetId);
  // The stack set deploys only the role that Muster created (D5).
  const memberStackSet = memberRole.roleName === before.memberRoleName ? before.memberStackSet : null;
  const [after] = await tx
    .update(cloudOrganizations)
    .set({ credentialSetId, memberRoleName: memberRole.roleName, memberStackSet })
    .where(eq(cloudOrganizations.id, before.id))
    .returning();
  // The account's id stands between two constant parts of the ARN.
  const [start, end] = formatRoleArn(before.partition as Partition, ' ', memberRole.roleName).split(' ');
  await tx
    .update(clouds)
    .set({ credentialSetId, roleArn: sql`${start} || ${clouds.accountId} || ${end}`, updatedAt: new Date() })
    .where(eq(clouds.organizationId, before.id));
  await eraseUnusedCredentials(tx, [before.credentialSetId]);
  return after!;
}

/** The audit detail of a change, with only the roles of new credentials. */
function describeChange(before: OrganizationRow, change: OrganizationChange, syncId: string | undefined): Record<string, unknown> {
  const { credentials, ...settings } = change;
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  return {
    from: Object.fromEntries(given.map(([name]) => [name, before[name as keyof typeof settings]])),
    to: Object.fromEntries(given),
    ...(credentials
      ? {
          organizationRole: credentials.organizationRole.roleArn,
          memberRole: credentials.memberRole.roleName,
          accessKey: credentials.accessKey !== undefined,
        }
      : {}),
    ...(syncId ? { syncId } : {}),
  };
}
