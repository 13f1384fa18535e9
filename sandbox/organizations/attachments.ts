/** Which policies are attached where (API reference: ListTargetsForPolicy, ListPoliciesForTarget, AttachPolicy, DetachPolicy). */
import { AwsError } from '../core/aws-error.ts';
import type { Call, Operation } from '../core/service.ts';
import { enter } from './access.ts';
import { constraint, notFound } from './errors.ts';
import { patterns, requiredText } from './input.ts';
import type { Input } from './input.ts';
import { targetIdsOf, treeChanged } from './listing.ts';
import { takePage } from './pages.ts';
import { readPolicyType } from './policies.ts';
import { quotas } from './quotas.ts';
import type { Organization } from './state.ts';
import { organizationsState, fullAccessId } from './state.ts';
import { parentsOf, policyIdsOn } from './tree.ts';
import { policySummary, targetView } from './views.ts';

const ofType = { 'organizations:PolicyType': 'SERVICE_CONTROL_POLICY' };

const listTargets: Operation = (input, call) => {
  const policyId = requiredText(input, 'PolicyId', patterns.policy);
  const organization = enter(call, 'administrators', [policyId], ofType);
  if (!organization.policies.has(policyId)) throw notFound('Policy');
  const { keys, rest } = takePage(call, organization, input, targetIdsOf(organization, policyId));
  return { Targets: keys.map((id) => targetView(organization, id)), ...rest };
};

const listPolicies: Operation = (input, call) => {
  const targetId = requiredText(input, 'TargetId', patterns.target);
  const filter = readPolicyType(input, 'Filter');
  const organization = enter(call, 'administrators', [targetId], { 'organizations:PolicyType': filter });
  checkTarget(organization, targetId);
  const ids = filter === 'SERVICE_CONTROL_POLICY' ? [...policyIdsOn(organization, targetId)].sort() : [];
  const { keys, rest } = takePage(call, organization, input, ids);
  return { Policies: keys.map((id) => policySummary(organization, organization.policies.get(id)!)), ...rest };
};

const attach: Operation = (input, call) => {
  const { organization, policyId, targetId, attached } = readAttachment(input, call);
  if (attached.includes(policyId)) {
    throw new AwsError('DuplicatePolicyAttachmentException', 'The selected policy is already attached to the specified target.');
  }
  if (attached.length >= quotas.attachedPolicies.SERVICE_CONTROL_POLICY) {
    throw constraint('MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED', 'You have attached the maximum number of policies of that type.');
  }
  replace(call, organization, targetId, [...attached, policyId]);
};

/** "You can't detach the last SCP": each root, OU and account keeps at least one. */
const detach: Operation = (input, call) => {
  const { organization, policyId, targetId, attached } = readAttachment(input, call);
  if (!attached.includes(policyId)) {
    throw new AwsError('PolicyNotAttachedException', "The policy isn't attached to the specified target in the specified root.", 400);
  }
  if (attached.length === 1) {
    throw constraint('MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED', 'You cannot remove the last policy attached to the specified target.');
  }
  replace(
    call,
    organization,
    targetId,
    attached.filter((id) => id !== policyId),
  );
};

function readAttachment(input: Input, call: Call) {
  const policyId = requiredText(input, 'PolicyId', patterns.policy);
  const targetId = requiredText(input, 'TargetId', patterns.target);
  const organization = enter(call, 'management', [policyId, targetId], ofType);
  if (!organization.policies.has(policyId)) throw notFound('Policy');
  checkTarget(organization, targetId);
  return { organization, policyId, targetId, attached: policyIdsOn(organization, targetId) };
}

function checkTarget(organization: Organization, id: string): void {
  if (!parentsOf(organization, id)) throw notFound('Target');
}

/** FullAWSAccess alone is what is not written down. */
function replace(call: Call, organization: Organization, targetId: string, policyIds: string[]): void {
  if (policyIds.length === 1 && policyIds[0] === fullAccessId) organization.attachments.delete(targetId);
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
