import { ActivateOrganizationsAccessCommand, CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { createApprover } from './approver.ts';
import { findClouds } from './clouds.ts';
import { followToEnd, whenOpened, type DelegationRequest } from './request.ts';
import type { MadeOrganization } from './sandbox.ts';
import type { Stage } from './stage.ts';
import { followSync, type Sync } from './sync.ts';
import { until } from './until.ts';

/** The organization that the sandbox makes. The demo does not use its ready-made roles: the delegated access deploys others. */
const wanted = { accounts: 20, ous: 4, tagsPerAccount: 1 };

/**
 * One approval in the management account deploys every role of an organization and goes on to its import (D5). Throws
 * unless every account becomes a cloud with a proven role.
 */
export async function demonstrateOrganizationByDelegation(stage: Stage): Promise<void> {
  const { api, sandbox, stack, print } = stage;
  const made = await sandbox.makeOrganization(wanted);
  const { managementAccountId: accountId } = made;
  const approver = createApprover(stack.awsEndpointUrl, accountId);
  try {
    await trustStackSets(stage, made);
    print(`requesting access to the organization of management account ${accountId}: ${wanted.accounts} accounts`);
    const created = await api.post<DelegationRequest>('/v1/delegation-requests', {
      nickname: `Demo organization ${accountId}`,
      scope: 'organization',
      accountId,
      roleName: 'MusterDelegated',
      acknowledged: true,
    });
    const request = await whenOpened(api, created);
    print('as the approver: taking the request and approving it');
    const [ended] = await Promise.all([
      followToEnd(api, request.id, print),
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

/** Activates trusted access for StackSets. The customer must do this once, because delegated access may only read Organizations. */
async function trustStackSets({ stack, print }: Stage, { managementAccountId }: MadeOrganization): Promise<void> {
  print('as the administrator: activating trusted access for StackSets in the organization');
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

/** Follows the first sync, then rechecks members that the stack set had not reached yet. */
async function followImport({ api, print }: Stage, id: string): Promise<void> {
  const { lastSync } = await api.get<{ lastSync: Sync }>(`/v1/organizations/${id}`);
  const sync = await followSync(api, lastSync.id, print);
  const late = await findClouds(api, { organizationId: id, status: 'pending' });
  print(`imported ${sync.counts['listed']} accounts; the stack set has not reached ${late.length} of them yet`);
  // Muster also rechecks automatically, but later.
  await until('every member role', async () => {
    if ((await findClouds(api, { organizationId: id, status: 'ok' })).length === wanted.accounts) return true;
    const recheck = await api.post<Sync>(`/v1/organizations/${id}/recheck`, {});
    await followSync(api, recheck.id, () => {});
    return false;
  });
  print(`all ${wanted.accounts} clouds are ok; one approval deployed all their roles`);
}
