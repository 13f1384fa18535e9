/** Which policies are attached where (API reference: ListTargetsForPolicy, ListPoliciesForTarget, AttachPolicy, DetachPolicy). */
import { AwsError } from '../core/aws-error.ts';
import type { Call, Operation } from '../core/service.ts';
import { enter } from './access.ts';
import { constraint, notFound } from './errors.ts';
import { patterns, requiredText } from './input.ts';
import type { Input } from './input.ts';
import { targetIdsOf, treeChanged } from './listing.ts';
import { takePage } from './pages.ts';
import { readPolicyType, typeContext } from './policies.ts';
import { quotas } from './quotas.ts';
import type { Organization, PolicyType } from './state.ts';
import { organizationsState, fullAccessId, fullResourceAccessId } from './state.ts';
import { parentsOf, policyIdsOn, resourcePolicyIdsOn } from './tree.ts';
import { policySummary, targetView } from './views.ts';

const listTargets: Operation = (input, call) => {
  const policyId = requiredText(input, 'PolicyId', patterns.policy);
  const organization = enter(call, 'administrators', [policyId], typeContext(call, policyId));
  if (!organization.policies.has(policyId)) throw notFound('Policy');
  const { keys, rest } = takePage(call, organization, input, targetIdsOf(organization, policyId));
  return { Targets: keys.map((id) => targetView(organization, id)), ...rest };
};

const listPolicies: Operation = (input, call) => {
  const targetId = requiredText(input, 'TargetId', patterns.target);
  const filter = readPolicyType(input, 'Filter');
  const organization = enter(call, 'administrators', [targetId], { 'organizations:PolicyType': filter });
  checkTarget(organization, targetId);
  const onTarget = { SERVICE_CONTROL_POLICY: policyIdsOn, RESOURCE_CONTROL_POLICY: resourcePolicyIdsOn } as const;
  const ids = filter in onTarget ? [...onTarget[filter as PolicyType](organization, targetId)].sort() : [];
  const { keys, rest } = takePage(call, organization, input, ids);
  return { Policies: keys.map((id) => policySummary(organization, organization.policies.get(id)!)), ...rest };
};

const attach: Operation = (input, call) => {
  const { organization, policyId, targetId, type, attached } = readAttachment(input, call);
  if (attached.includes(policyId)) {
    throw new AwsError('DuplicatePolicyAttachmentException', 'The selected policy is already attached to the specified target.');
  }
  if (attached.length >= quotas.attachedPolicies[type]) {
    throw constraint('MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED', 'You have attached the maximum number of policies of that type.');
  }
  replace(call, organization, targetId, type, [...attached, policyId]);
};

/** "You can't detach the last SCP": each root, OU and account keeps at least one. RCPFullAWSAccess cannot be detached at all. */
const detach: Operation = (input, call) => {
  const { organization, policyId, targetId, type, attached } = readAttachment(input, call);
  if (!attached.includes(policyId)) {
    throw new AwsError('PolicyNotAttachedException', "The policy isn't attached to the specified target in the specified root.", 400);
  }
  if (policyId === fullResourceAccessId || (type === 'SERVICE_CONTROL_POLICY' && attached.length === 1)) {
    throw constraint('MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED', 'You cannot remove the last policy attached to the specified target.');
  }
  replace(
    call,
    organization,
    targetId,
    type,
    attached.filter((id) => id !== policyId),
  );
};

function readAttachment(input: Input, call: Call) {
  const policyId = requiredText(input, 'PolicyId', patterns.policy);
  const targetId = requiredText(input, 'TargetId', patterns.target);
  const organization = enter(call, 'management', [policyId, targetId], typeContext(call, policyId));
  const policy = organization.policies.get(policyId);
  if (!policy) throw notFound('Policy');
  checkTarget(organization, targetId);
  const type: PolicyType = policy.type ?? 'SERVICE_CONTROL_POLICY';
  if (type === 'RESOURCE_CONTROL_POLICY' && !organization.resourceControl) {
    throw new AwsError('PolicyTypeNotEnabledException', "The specified policy type isn't currently enabled in this root.", 400);
  }
  const attached = type === 'RESOURCE_CONTROL_POLICY' ? resourcePolicyIdsOn(organization, targetId) : policyIdsOn(organization, targetId);
  return { organization, policyId, targetId, type, attached };
}

function checkTarget(organization: Organization, id: string): void {
  if (!parentsOf(organization, id)) throw notFound('Target');
}

/** FullAWSAccess alone is not written down, nor is RCPFullAWSAccess. */
function replace(call: Call, organization: Organization, targetId: string, type: PolicyType, policyIds: string[]): void {
  if (type === 'RESOURCE_CONTROL_POLICY') {
    organization.resourceControl!.set(
      targetId,
      policyIds.filter((id) => id !== fullResourceAccessId),
    );
  } else if (policyIds.length === 1 && policyIds[0] === fullAccessId) organization.attachments.delete(targetId);
  else organization.attachments.set(targetId, policyIds);
  treeChanged(organization);
  call.world.touch(organizationsState);
}

export const attachmentOperations: Record<string, Operation> = {
  ListTargetsForPolicy: listTargets,
  ListPoliciesForTarget: listPolicies,
  AttachPolicy: attach,
  DetachPolicy: detach,
};
