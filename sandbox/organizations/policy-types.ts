/** Enabling and disabling policy types (API reference: EnablePolicyType, DisablePolicyType). */
import { AwsError } from '../core/aws-error.ts';
import type { Call, Operation } from '../core/service.ts';
import { enter } from './access.ts';
import { patterns, requiredText } from './input.ts';
import type { Input } from './input.ts';
import { treeChanged } from './listing.ts';
import { readPolicyType } from './policies.ts';
import { fullResourceAccessId, organizationsState } from './state.ts';
import type { Organization, OrganizationPolicy } from './state.ts';
import { rootView } from './views.ts';

/** "automatically attached to the organization root, every OU, and every account" (orgs_manage_policies_rcps_evaluation.html). */
const fullAccess: OrganizationPolicy = {
  id: fullResourceAccessId,
  type: 'RESOURCE_CONTROL_POLICY',
  name: 'RCPFullAWSAccess',
  description: 'Allows access to every operation',
  content: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }] }),
  awsManaged: true,
};

export function enableResourceControl(organization: Organization): void {
  organization.resourceControl ??= new Map();
  organization.policies.set(fullResourceAccessId, fullAccess);
  treeChanged(organization);
}

const enable: Operation = (input, call) => {
  const organization = readRoot(input, call);
  if (organization.resourceControl) {
    throw new AwsError('PolicyTypeAlreadyEnabledException', 'The specified policy type is already enabled in the specified root.');
  }
  enableResourceControl(organization);
  call.world.touch(organizationsState);
  return { Root: rootView(organization) };
};

/** Disabling a type detaches all its policies; they stay (API reference, DisablePolicyType). */
const disable: Operation = (input, call) => {
  const organization = readRoot(input, call);
  if (!organization.resourceControl) {
    throw new AwsError('PolicyTypeNotEnabledException', "The specified policy type isn't currently enabled in this root.");
  }
  delete organization.resourceControl;
  organization.policies.delete(fullResourceAccessId);
  treeChanged(organization);
  call.world.touch(organizationsState);
  return { Root: rootView(organization) };
};

function readRoot(input: Input, call: Call): Organization {
  const rootId = requiredText(input, 'RootId', patterns.root);
  const type = readPolicyType(input, 'PolicyType');
  const organization = enter(call, 'management', [rootId], { 'organizations:PolicyType': type });
  if (rootId !== organization.rootId) throw new AwsError('RootNotFoundException', "You specified a root that doesn't exist.");
  if (type === 'SERVICE_CONTROL_POLICY' && call.operation === 'EnablePolicyType') {
    throw new AwsError('PolicyTypeAlreadyEnabledException', 'The specified policy type is already enabled in the specified root.');
  }
  if (type !== 'RESOURCE_CONTROL_POLICY') {
    throw new AwsError('UnsupportedAPIEndpointException', 'The sandbox enables and disables resource control policies only.');
  }
  return organization;
}

export const policyTypeOperations: Record<string, Operation> = { EnablePolicyType: enable, DisablePolicyType: disable };
