import { TypedSearchAttributes, WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@temporalio/common';
import type { DelegationScope } from '../../domain/delegation/states.ts';
import { cloudRecheckName, cloudRecheckWorkflowId, type CloudRecheckInput } from './cloud-recheck.ts';
import { delegationOnboardingName, delegationWorkflowId, type DelegationOnboardingInput } from './delegation-onboarding.ts';
import { taskQueue } from './queues.ts';
import { searchAttributes } from './search-attributes.ts';

/**
 * How a delegationOnboarding run is started, whoever starts it: once a request, for good. A second start joins the
 * run; a start after the end is refused.
 */
export function delegationOnboardingStart(
  request: { id: string; nickname: string; scope: DelegationScope; accountId: string; roleName: string },
  timings?: DelegationOnboardingInput['timings'],
) {
  const subject = request.scope === 'account' ? 'account' : 'the organization of account';
  const input: DelegationOnboardingInput = { requestId: request.id, ...(timings ? { timings } : {}) };
  return {
    workflowType: delegationOnboardingName,
    workflowId: delegationWorkflowId(request.id),
    taskQueue,
    args: [input] as [DelegationOnboardingInput],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
    typedSearchAttributes: new TypedSearchAttributes([
      { key: searchAttributes.accountId, value: request.accountId },
      { key: searchAttributes.nickname, value: request.nickname },
      { key: searchAttributes.phase, value: 'requested' },
    ]),
    staticSummary: `Onboard ${subject} ${request.accountId} as "${request.nickname}"`,
    staticDetails: `Delegation request ${request.id}: role ${request.roleName} in account ${request.accountId}`,
  };
}

/**
 * What becomes of a recheck that runs when another is asked for. `join`: it answers both. `replace`: it is terminated,
 * because it may have opened credentials that the cloud no longer goes by. It leaves nothing half done: it asks AWS, and
 * writes once, which recordCloudCheck does for the cloud's present credentials only.
 */
export type RunningRecheck = 'join' | 'replace';

/** How a recheck is started: one at a time a cloud. */
export function cloudRecheckStart(cloud: { id: string; accountId: string }, running: RunningRecheck) {
  return {
    workflowType: cloudRecheckName,
    workflowId: cloudRecheckWorkflowId(cloud.id),
    taskQueue,
    args: [{ cloudId: cloud.id }] as [CloudRecheckInput],
    workflowIdConflictPolicy: running === 'join' ? WorkflowIdConflictPolicy.USE_EXISTING : WorkflowIdConflictPolicy.TERMINATE_EXISTING,
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    typedSearchAttributes: new TypedSearchAttributes([{ key: searchAttributes.accountId, value: cloud.accountId }]),
    staticSummary: `Check the role of account ${cloud.accountId}`,
  };
}
