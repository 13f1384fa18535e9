import { and, eq } from 'drizzle-orm';
import { writeAudit } from '../../db/audit.ts';
import type { Database, Transaction } from '../../db/client.ts';
import { findRememberedClouds, recallClouds } from '../../db/clouds/recall-clouds.ts';
import { eraseUnusedCredentials } from '../../db/credential-sets.ts';
import { nicknameOfRequest } from '../../db/delegation/release-request.ts';
import { newId } from '../../db/ids.ts';
import { cloudOrganizations, clouds, credentialSets, nicknames } from '../../db/schema/index.ts';
import { parseRoleArn } from '../../domain/aws/arn.ts';
import { failureTypes } from '../../workflows/contracts/failures.ts';
import { failure } from '../failures.ts';
import { onboardingActor } from '../actor.ts';
import type { RequestRun } from '../../workflows/contracts/delegation-onboarding.ts';
import { completeRequest, requireCredentials, type RequestWithCredentials } from './complete-request.ts';
import { lockOwnRequest } from './require-ownership.ts';

/**
 * Lists the account as a cloud, hands it the nickname and the credential set of its request, completes the request and
 * erases its tokens: all or nothing. If an organization took over the account during the onboarding, the cloud stays
 * that organization's (D13). A second run returns the existing cloud.
 */
export async function registerCloud(db: Database, run: RequestRun): Promise<{ cloudId: string }> {
  return await db.transaction(async (tx) => {
    const request = await lockOwnRequest(tx, run);
    if (request.cloudId) return { cloudId: request.cloudId };
    const own = requireCredentials(request, request.id);
    const cloudId = await addCloud(tx, own);
    const listed = cloudId ? { cloudId, organization: null } : await joinManagedCloud(tx, own);
    await complete(tx, own, listed);
    return { cloudId: listed.cloudId };
  });
}

interface ListedAs {
  cloudId: string;
  /** The nickname of the organization that manages it; null for a cloud of the request's own. */
  organization: string | null;
}

/** Null if the account is a cloud already. A remembered cloud returns with its id and badges, but with the new nickname (C5). */
async function addCloud(tx: Transaction, request: RequestWithCredentials): Promise<string | null> {
  const [credentials] = await tx
    .select({ roleArn: credentialSets.roleArn })
    .from(credentialSets)
    .where(eq(credentialSets.id, request.credentialSetId));
  const { roleArn } = credentials!;
  const { partition } = parseRoleArn(roleArn)!;
  const remembered = (await findRememberedClouds(tx, partition, [request.accountId])).get(request.accountId);
  const [cloud] = await tx
    .insert(clouds)
    .values({
      id: remembered?.cloudId ?? newId(),
      partition,
      accountId: request.accountId,
      nickname: request.nickname,
      status: 'ok',
      roleArn,
      credentialSetId: request.credentialSetId,
      delegationRequestId: request.id,
      stackName: request.stackName,
      lastCheckedAt: new Date(),
    })
    .onConflictDoNothing({ target: [clouds.provider, clouds.accountId] })
    .returning({ id: clouds.id });
  if (cloud && remembered) {
    const [returned] = await recallClouds(tx, [remembered], { keepsNickname: true });
    await writeAudit(tx, {
      actor: onboardingActor,
      action: 'cloud.returned',
      target: { type: 'cloud', id: cloud.id },
      detail: { accountId: request.accountId, delegationRequestId: request.id, ...returned!.detail },
    });
  }
  return cloud?.id ?? null;
}

/**
 * The organization's cloud stays. The request's credentials sleep until the account leaves the organization (O11). The
 * cloud takes over the nickname if it has none.
 */
async function joinManagedCloud(tx: Transaction, request: RequestWithCredentials): Promise<ListedAs> {
  const [cloud] = await tx
    .select({
      id: clouds.id,
      nickname: clouds.nickname,
      sleeping: clouds.sleepingCredentialSetId,
      organization: cloudOrganizations.nickname,
    })
    .from(clouds)
    .innerJoin(cloudOrganizations, eq(cloudOrganizations.id, clouds.organizationId))
    .where(and(eq(clouds.provider, 'aws'), eq(clouds.accountId, request.accountId)))
    .for('update', { of: clouds });
  if (!cloud) {
    throw failure(failureTypes.precondition, 'The account was listed as another cloud during the onboarding', { code: 'account_exists' });
  }
  await tx
    .update(clouds)
    .set({
      nickname: cloud.nickname ?? request.nickname,
      sleepingCredentialSetId: request.credentialSetId,
      delegationRequestId: request.id,
      stackName: request.stackName,
      updatedAt: new Date(),
    })
    .where(eq(clouds.id, cloud.id));
  if (cloud.nickname !== null) await tx.delete(nicknames).where(nicknameOfRequest(request.id));
  if (cloud.sleeping !== null) await eraseUnusedCredentials(tx, [cloud.sleeping]);
  return { cloudId: cloud.id, organization: cloud.organization };
}

async function complete(tx: Transaction, request: RequestWithCredentials, { cloudId, organization }: ListedAs): Promise<void> {
  const message =
    organization === null ? `Account ${request.accountId} is in the clouds listing.` : describeTakeover(request, organization);
  await completeRequest(tx, request.id, { cloudId }, { message });
  await writeAudit(tx, {
    actor: onboardingActor,
    action: organization === null ? 'cloud.added' : 'cloud.credentials_put_to_sleep',
    target: { type: 'cloud', id: cloudId },
    detail: { accountId: request.accountId, delegationRequestId: request.id },
  });
}

function describeTakeover({ accountId, stackName }: RequestWithCredentials, organization: string): string {
  const stays = stackName === null ? 'The role of this request stays' : `The stack ${stackName} of this request, with its role, stays`;
  return (
    `Account ${accountId} was taken over by the organization "${organization}" during the onboarding, and that organization manages it. ` +
    `${stays} in the account. Muster uses it again when the account leaves the organization.`
  );
}
