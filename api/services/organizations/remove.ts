import { and, eq } from 'drizzle-orm';
import { findUnchecked } from '../../../db/clouds/find-unchecked.ts';
import { forgetCloudsOf } from '../../../db/clouds/remember-clouds.ts';
import { eraseUnusedCredentials } from '../../../db/credential-sets.ts';
import { allowLongWork } from '../../../db/long-work.ts';
import { releaseClouds } from '../../../db/organizations/release-clouds.ts';
import { cloudOrganizations, credentialSets, syncs } from '../../../db/schema/index.ts';
import { parseRoleArn, withoutPath } from '../../../domain/aws/arn.ts';
import type { Call } from '../../context.ts';
import { recordAudit } from '../audit/record.ts';
import { freeNickname } from '../nicknames.ts';
import { findDeployed } from './deployed.ts';
import { lockOrganization } from './find.ts';

/** The result of a removal, and the resources that stay in AWS accounts. */
export interface OrganizationRemoval {
  clouds: { removed: number; kept: number };
  leftInAccounts: { type: string; name: string; where: string }[];
}

/**
 * Removes an organization with its snapshots, and removes or keeps its clouds. Kept clouds are unmanaged, and get their
 * own credentials back if they had any (O11). With its clouds, Muster also forgets the clouds that left it before (C5). Its running work and its held removals end (O17). Throws not_found.
 */
export async function removeOrganization(call: Call, id: string, effect: 'remove' | 'keep'): Promise<OrganizationRemoval> {
  const { database, workflows, log } = call.deps;
  const { awsOrganizationId, heldBy, kept, removal } = await database.db.transaction(async (tx) => {
    const organization = await lockOrganization(tx, id);
    // 50,000 clouds and their snapshots.
    await allowLongWork(tx);
    const [set] = await tx
      .select({ roleArn: credentialSets.roleArn })
      .from(credentialSets)
      .where(eq(credentialSets.id, organization.credentialSetId));
    const heldBy = await tx
      .select({ syncId: syncs.id })
      .from(syncs)
      .where(and(eq(syncs.organizationId, id), eq(syncs.heldRemovalsState, 'waiting')));
    const deployed = await findDeployed(tx, organization);
    const settled = await releaseClouds(tx, id, effect === 'keep' ? 'release' : 'delete');
    if (effect === 'remove') await forgetCloudsOf(tx, id);
    await freeNickname(tx, 'organization', id);
    await tx.delete(cloudOrganizations).where(eq(cloudOrganizations.id, id));
    await eraseUnusedCredentials(tx, [organization.credentialSetId]);
    const kept = effect === 'keep' ? settled.map(({ accountId }) => accountId) : [];
    const clouds = effect === 'keep' ? { removed: 0, kept: settled.length } : { removed: settled.length, kept: 0 };
    await recordAudit(tx, call, {
      action: 'organization.removed',
      target: { type: 'organization', id },
      detail: { awsOrganizationId: organization.awsOrganizationId, nickname: organization.nickname, clouds },
    });
    const organizationRole = parseRoleArn(set!.roleArn)!;
    const managementAccount = `account ${organizationRole.accountId}`;
    const leftInAccounts = [
      ...(deployed
        ? [
            {
              type: 'AWS::CloudFormation::StackSet',
              name: deployed.stackSetName,
              where: `${managementAccount}; its stacks in every other account`,
            },
            { type: 'AWS::CloudFormation::Stack', name: deployed.stackName, where: managementAccount },
          ]
        : []),
      { type: 'AWS::IAM::Role', name: organizationRole.roleName, where: managementAccount },
      { type: 'AWS::IAM::Role', name: withoutPath(organization.memberRoleName), where: 'every account' },
    ];
    return { awsOrganizationId: organization.awsOrganizationId, heldBy, kept, removal: { clouds, leftInAccounts } };
  });
  try {
    await workflows.organizationRemoved(awsOrganizationId, id);
    for (const { syncId } of heldBy) await workflows.supersedeHold(syncId);
  } catch {
    // Running work ends when it does not find the organization. The reconciler ends an idle keeper and removal holds.
    log.warn(
      { organizationId: id, requestId: call.requestId },
      'could not end a workflow of the removed organization; the reconciler will end its keeper and its removal holds',
    );
  }
  await startChecks(call, kept);
  return removal;
}

/** Checks the clouds whose own credentials returned. The reconciler starts the checks that this does not. */
async function startChecks(call: Call, accountIds: readonly string[]): Promise<void> {
  const { database, workflows } = call.deps;
  const unchecked = await findUnchecked(database.db, accountIds);
  await Promise.allSettled(unchecked.map((cloud) => workflows.recheck(cloud, 'replace')));
}
