/** Service and resource control policies (API reference: ListPolicies, DescribePolicy, CreatePolicy). The sandbox has no other policy type. */
import { AwsError } from '../core/aws-error.ts';
import type { Call, Operation } from '../core/service.ts';
import { checkPolicy } from '../iam/grammar.ts';
import { enter } from './access.ts';
import { constraint, notFound } from './errors.ts';
import { randomText } from './ids.ts';
import { patterns, requiredEnum, requiredName, requiredText } from './input.ts';
import type { Input } from './input.ts';
import { takePage } from './pages.ts';
import { quotas } from './quotas.ts';
import { organizationsState } from './state.ts';
import { checkResourcePolicy } from './resource-policy.ts';
import type { Organization, OrganizationPolicy, PolicyType } from './state.ts';
import { readTags } from './tag-rules.ts';
import { organizationOf } from './tree.ts';
import { policySummary } from './views.ts';

/** The model's PolicyType. */
const policyTypes = [
  'AISERVICES_OPT_OUT_POLICY',
  'BACKUP_POLICY',
  'BEDROCK_POLICY',
  'CHATBOT_POLICY',
  'DECLARATIVE_POLICY_EC2',
  'GUARDDUTY_POLICY',
  'INSPECTOR_POLICY',
  'NETWORK_SECURITY_DIRECTOR_POLICY',
  'RESOURCE_CONTROL_POLICY',
  'S3_POLICY',
  'SECURITYHUB_CSPM_POLICY',
  'SECURITYHUB_POLICY',
  'SERVICE_CONTROL_POLICY',
  'TAG_POLICY',
  'UPGRADE_ROLLOUT_POLICY',
] as const;

/** Reads the type that a listing filters by, or a new policy has. */
export function readPolicyType(input: Input, name: 'Filter' | 'Type' | 'PolicyType'): (typeof policyTypes)[number] {
  return requiredEnum(input, name, policyTypes, 'INVALID_ENUM_POLICY_TYPE');
}

/** The condition key under which operations on a policy are permitted. */
export function typeContext(call: Call, policyId: string): Record<string, string> {
  const policy = organizationOf(call.world, call.caller.accountId)?.policies.get(policyId);
  return { 'organizations:PolicyType': policy?.type ?? 'SERVICE_CONTROL_POLICY' };
}

/** The ids of the policies of a type, sorted; RCPFullAWSAccess is there while the type is enabled. */
function idsOfType({ policies }: Organization, type: string): string[] {
  return [...policies.values()]
    .filter((policy) => (policy.type ?? 'SERVICE_CONTROL_POLICY') === type)
    .map(({ id }) => id)
    .sort();
}

const listPolicies: Operation = (input, call) => {
  const filter = readPolicyType(input, 'Filter');
  const organization = enter(call, 'administrators', [], { 'organizations:PolicyType': filter });
  const { keys, rest } = takePage(call, organization, input, idsOfType(organization, filter));
  return { Policies: keys.map((id) => policySummary(organization, organization.policies.get(id)!)), ...rest };
};

const describePolicy: Operation = (input, call) => {
  const id = requiredText(input, 'PolicyId', patterns.policy);
  const organization = enter(call, 'administrators', [id], typeContext(call, id));
  const policy = organization.policies.get(id);
  if (!policy) throw notFound('Policy');
  return { Policy: { PolicySummary: policySummary(organization, policy), Content: policy.content } };
};

const createPolicy: Operation = (input, call) => {
  const content = requiredText(input, 'Content');
  const description = requiredName(input, 'Description', 512, 0);
  const name = requiredName(input, 'Name', 128);
  const type = readPolicyType(input, 'Type');
  const tags = readTags(input);
  const organization = enter(call, 'management', [], { 'organizations:PolicyType': type });
  if (type !== 'SERVICE_CONTROL_POLICY' && type !== 'RESOURCE_CONTROL_POLICY') {
    throw new AwsError(
      'PolicyTypeNotAvailableForOrganizationException',
      'The sandbox has service and resource control policies only.',
      400,
    );
  }
  if ([...organization.policies.values()].some((policy) => policy.name === name)) {
    throw new AwsError('DuplicatePolicyException', 'A policy with the same name already exists.');
  }
  checkContent(content, type);
  const id = `p-${randomText(8)}`;
  const policy: OrganizationPolicy = {
    id,
    ...(type === 'RESOURCE_CONTROL_POLICY' ? { type } : {}),
    name,
    description,
    content,
    awsManaged: false,
    ...(tags.size > 0 ? { tags } : {}),
  };
  organization.policies.set(id, policy);
  call.world.touch(organizationsState);
  return { Policy: { PolicySummary: policySummary(organization, policy), Content: content } };
};

/** An SCP has the grammar of an identity policy (orgs_manage_policies_scps_syntax.html), an RCP one of its own. */
function checkContent(content: string, type: PolicyType): void {
  if (content.length > quotas.policySize[type]) {
    throw constraint('POLICY_CONTENT_LIMIT_EXCEEDED', 'You attempted to create a policy that is larger than the maximum size.');
  }
  try {
    if (type === 'RESOURCE_CONTROL_POLICY') checkResourcePolicy(content);
    else checkPolicy(content, 'identity');
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new AwsError('MalformedPolicyDocumentException', `The provided policy document does not meet the requirements. ${error.message}`);
  }
}

export const policyOperations: Record<string, Operation> = {
  ListPolicies: listPolicies,
  DescribePolicy: describePolicy,
  CreatePolicy: createPolicy,
};
