import { readFileSync } from 'node:fs';
import { addOrganization, administrator, delegationRequests, testRoot } from '@muster/aws-sandbox/testing';
import { createDelegationRequest } from '../../activities/delegation-onboarding/create-delegation-request.ts';
import type { ActivityDependencies, RegisteredPolicies } from '../../activities/dependencies.ts';
import { CALLER_ROLE_ARN, NOTIFICATION_TOPIC_ARN } from '../../dev/partner/muster.ts';
import { newId } from '../../db/ids.ts';
import { notificationInbox } from '../../db/schema/index.ts';
import type { TokenInput } from '../../workflows/contracts/delegation-onboarding.ts';
import type { TestRegistry } from './registry.ts';
import { inActivity, type SandboxAws } from './sandbox-aws.ts';

type Entries = { arn: string; file: string }[];

function registered(policy: string, boundary: string): RegisteredPolicies {
  const file = new URL('../../templates/delegation/registration.json', import.meta.url);
  const { policyTemplates, permissionsBoundaries } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Entries>;
  const arnOf = (entries: Entries | undefined, name: string) => entries!.find((entry) => entry.file === name)!.arn;
  return { policyTemplateArn: arnOf(policyTemplates, policy), permissionsBoundaryArn: arnOf(permissionsBoundaries, boundary) };
}

/** The dependencies of a delegation request's activities, with the policies that the sandbox's AWS registered. */
export function delegationDependencies(registry: TestRegistry, cloud: SandboxAws): ActivityDependencies {
  return {
    ...cloud.dependencies(registry),
    delegation: {
      ...registered('account-policy.json', 'permissions-boundary.json'),
      organization: registered('organization-policy.json', 'organization-boundary.json'),
      notificationTopicArn: NOTIFICATION_TOPIC_ARN,
      callerRoleArn: CALLER_ROLE_ARN,
      stackRegion: 'us-east-1',
      publicUrl: null,
      stackPollMs: 20,
    },
  };
}

/** Asks AWS for what a request's row says, has the account's administrator approve it, and takes the exchange token in. */
export async function approveRequest(registry: TestRegistry, cloud: SandboxAws, requestId: string): Promise<TokenInput> {
  const { world } = cloud.sandbox;
  const { accountId } = await registry.request(requestId);
  const { awsRequestId: DelegationRequestId } = await inActivity(() =>
    createDelegationRequest(delegationDependencies(registry, cloud), { requestId, attempt: 1 }),
  );
  await world.invoke('iam', 'AssociateDelegationRequest', { DelegationRequestId }, administrator(accountId));
  await world.invoke('iam', 'AcceptDelegationRequest', { DelegationRequestId }, administrator(accountId));
  await world.invoke('iam', 'SendDelegationToken', { DelegationRequestId }, administrator(accountId));
  const id = newId();
  const { value } = delegationRequests(world).find((request) => request.id === DelegationRequestId)!.token!;
  const { bytes, keyId } = await registry.sealer.seal(value, { table: 'notification_inbox', id });
  await registry.db
    .insert(notificationInbox)
    .values({ id, messageId: id, source: 'queue', type: 'ExchangeToken', requestId, sealedToken: bytes, tokenKeyId: keyId });
  return { requestId, tokenReference: id };
}

/** An organization of the sandbox that was not generated: one member in a unit, one at the root. */
export interface DelegableOrganization {
  awsOrganizationId: string;
  management: string;
  members: readonly [inUnit: string, atRoot: string];
}

/** The unit that one of the members is in. */
export const testUnit = 'ou-test-aaaaaaaa';

let organizations = 0;

/** Adds an organization of a management account and two members, with trusted access for StackSets by default. */
export async function addDelegable(
  { sandbox }: SandboxAws,
  { trusted = true, units = {} }: { trusted?: boolean; units?: Record<string, string> } = {},
): Promise<DelegableOrganization> {
  organizations += 1;
  const account = (number: number) => String(430_000_000_000 + organizations * 10 + number);
  const [management, inUnit, atRoot] = [account(1), account(2), account(3)];
  const { id } = addOrganization(sandbox.world, {
    managementAccountId: management,
    units: { [testUnit]: testRoot, ...units },
    accounts: { [inUnit]: testUnit, [atRoot]: testRoot },
  });
  if (trusted) await sandbox.world.invoke('cloudformation', 'ActivateOrganizationsAccess', {}, administrator(management));
  return { awsOrganizationId: id, management, members: [inUnit, atRoot] };
}
