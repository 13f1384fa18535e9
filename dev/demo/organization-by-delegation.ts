import { ActivateOrganizationsAccessCommand, CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { createApprover } from './approver.ts';
import { findClouds } from './clouds.ts';
import { followToEnd, whenOpened, type DelegationRequest } from './request.ts';
import type { MadeOrganization } from './sandbox.ts';
import type { Stage } from './stage.ts';
import { followSync, type Sync } from './sync.ts';
import { until } from './until.ts';

/** What the sandbox is asked for; its ready-made roles are not used: the delegated access deploys others. */
const wanted = { accounts: 20, ous: 4, tagsPerAccount: 1 };

/**
 * One approval in the management account deploys every role of an organization and goes on to its import (D5). Throws
 * unless all of its accounts become clouds whose role is proven.
 */
export async function demonstrateOrganizationByDelegation(stage: Stage): Promise<void> {
  const { api, sandbox, stack, tell } = stage;
  const made = await sandbox.makeOrganization(wanted);
  const { managementAccountId: accountId } = made;
  const approver = createApprover(stack.awsEndpointUrl, accountId);
  try {
    await trustStackSets(stage, made);
    tell(`asking for access to the organization of management account ${accountId}: ${wanted.accounts} accounts`);
    const asked = await api.post<DelegationRequest>('/v1/delegation-requests', {
      nickname: `Demo organization ${accountId}`,
      scope: 'organization',
      accountId,
      roleName: 'MusterDelegated',
      acknowledged: true,
    });
    const request = await whenOpened(api, asked);
    tell('playing the approver: takes the request up and approves it');
    const [ended] = await Promise.all([
      followToEnd(api, request.id, tell),
      approver.takeUp(request.awsRequestId).then(() => approver.approve(request.awsRequestId)),
    ]);
    if (ended.phase !== 'completed' || ended.organizationId === null) {
      throw new Error(`The request ended as ${ended.phase}: ${ended.failure?.message ?? 'no reason given'}`);
    }
    await followImport(stage, ended.organizationId);
  } finally {
    approver.close();
  }
}

/** Delegated access may only read Organizations, so this is the customer's to do, once. */
async function trustStackSets({ stack, tell }: Stage, { managementAccountId }: MadeOrganization): Promise<void> {
  tell('playing the administrator: lets StackSets work in the accounts of the organization');
  const cloudFormation = new CloudFormationClient({
    endpoint: stack.awsEndpointUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: managementAccountId, secretAccessKey: 'any' },
  });
  try {
    await cloudFormation.send(new ActivateOrganizationsAccessCommand({}));
  } finally {
    cloudFormation.destroy();
  }
}

/** Follows the first sync, and what it left to later: members that the stack set had not reached. */
async function followImport({ api, tell }: Stage, id: string): Promise<void> {
  const { lastSync } = await api.get<{ lastSync: Sync }>(`/v1/organizations/${id}`);
  const sync = await followSync(api, lastSync.id, tell);
  const late = await findClouds(api, { organizationId: id, status: 'pending' });
  tell(`imported ${sync.counts['listed']} accounts; the stack set is still on its way to ${late.length} of them`);
  // Muster looks again by itself, too, but not so soon.
  await until('every member role', async () => {
    if ((await findClouds(api, { organizationId: id, status: 'ok' })).length === wanted.accounts) return true;
    const recheck = await api.post<Sync>(`/v1/organizations/${id}/recheck`, {});
    await followSync(api, recheck.id, () => {});
    return false;
  });
  tell(`all ${wanted.accounts} clouds are ok, their roles deployed by one approval`);
}
