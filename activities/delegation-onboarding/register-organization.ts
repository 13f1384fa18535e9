import { eq } from 'drizzle-orm';
import { writeAudit } from '../../db/audit.ts';
import type { Database, Transaction } from '../../db/client.ts';
import { violatedUnique } from '../../db/errors.ts';
import { newId } from '../../db/ids.ts';
import { addOrganization, organizationConstraint } from '../../db/organizations/add-organization.ts';
import { credentialSets } from '../../db/schema/index.ts';
import type { OrganizationRow, SyncRow } from '../../db/schema/rows.ts';
import { memberStackSetName } from '../../domain/delegation/parameters.ts';
import { wholeOrganization } from '../../domain/organizations/scope.ts';
import type { DescribedOrganization } from '../../workflows/contracts/credential-check.ts';
import type { RequestRun } from '../../workflows/contracts/delegation-onboarding.ts';
import { failureTypes } from '../../workflows/contracts/failures.ts';
import type { DelegationSettings } from '../dependencies.ts';
import { failure } from '../failures.ts';
import { ensureSchedules, type ScheduleClient } from '../organization-keeper/ensure-schedules.ts';
import { wakeKeeper, type KeeperClient } from '../organization-keeper/wake-keeper.ts';
import { onboardingActor } from '../actor.ts';
import { completeRequest, requireCredentials, type RequestWithCredentials } from './complete-request.ts';
import { lockOwnRequest } from './require-ownership.ts';

export interface RegisterOrganizationInput extends RequestRun {
  organization: DescribedOrganization;
}

/**
 * Registers a request's organization with the nickname, the credentials and the stack set of the request. It requests
 * the first sync, completes the request and erases its tokens: all or nothing (D5). A second run returns the existing
 * organization.
 */
export async function registerOrganization(
  db: Database,
  client: KeeperClient & ScheduleClient,
  settings: Pick<DelegationSettings, 'stackRegion'>,
  input: RegisterOrganizationInput,
): Promise<{ organizationId: string; awsOrganizationId: string }> {
  const { organization, ...run } = input;
  const { awsOrganizationId } = organization;
  const { organizationId, row, sync } = await unlessRegistered(awsOrganizationId, () =>
    db.transaction(async (tx) => {
      const request = await lockOwnRequest(tx, run);
      if (request.organizationId) return { organizationId: request.organizationId, row: null, sync: null };
      return await register(tx, requireCredentials(request, request.id), organization, settings.stackRegion);
    }),
  );
  // The organization is registered even if this fails: the reconciler wakes keepers that were not signalled, and sets the
  // schedules that are missing.
  if (sync) await Promise.allSettled([wakeKeeper(client, db, sync), ensureSchedules(client, db, row)]);
  return { organizationId, awsOrganizationId };
}

async function register(
  tx: Transaction,
  request: RequestWithCredentials,
  described: DescribedOrganization,
  region: string,
): Promise<{ organizationId: string; row: OrganizationRow; sync: SyncRow }> {
  const organizationId = newId();
  const scope = request.organizationScope ?? wholeOrganization;
  const { awsOrganizationId, managementAccountId, partition } = described;
  const { row, sync } = await addOrganization(tx, {
    id: organizationId,
    awsOrganizationId,
    managementAccountId,
    partition,
    nickname: request.nickname,
    credentialSetId: request.credentialSetId,
    memberRoleName: request.roleName,
    memberStackSet: { name: memberStackSetName(request.id), region },
    scope,
  });
  const message = `Organization ${awsOrganizationId} is registered as "${request.nickname}"; its first sync imports its accounts.`;
  await completeRequest(tx, request.id, { organizationId }, { message, detail: { awsOrganizationId, syncId: sync.id } });
  const [set] = await tx
    .select({ roleArn: credentialSets.roleArn })
    .from(credentialSets)
    .where(eq(credentialSets.id, request.credentialSetId));
  await writeAudit(tx, {
    actor: onboardingActor,
    action: 'organization.added',
    target: { type: 'organization', id: organizationId },
    detail: {
      nickname: request.nickname,
      awsOrganizationId,
      managementAccountId,
      organizationRole: set!.roleArn,
      memberRole: request.roleName,
      accessKey: false,
      scope,
      syncId: sync.id,
      delegationRequestId: request.id,
    },
  });
  return { organizationId, row, sync };
}

/** If another request or caller registered the organization first, the request ends (O6). */
async function unlessRegistered<Result>(awsOrganizationId: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (violatedUnique(error) !== organizationConstraint) throw error;
    throw failure(
      failureTypes.precondition,
      `Organization ${awsOrganizationId} was registered by another request or by the API during the onboarding`,
      {
        code: 'organization_exists',
      },
    );
  }
}
