import { TypedSearchAttributes, WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@temporalio/common';
import type { DelegationScope } from '../../domain/delegation/states.ts';
import type { Activity } from './activity.ts';
import { delegationWorkflowId, type RequestRun, type TimelineEntry } from './delegation-onboarding.ts';
import { taskQueue } from './queues.ts';
import { searchAttributes } from './search-attributes.ts';

/** The registered name of the workflow. */
export const delegationCleanUpName = 'delegationCleanUp';

/** The id of the run that removes the roles of a request whose own run was ended from outside. */
export function delegationCleanUpWorkflowId(requestId: string): string {
  return `${delegationWorkflowId(requestId)}/recovery`;
}

export interface DelegationCleanUpInput extends RequestRun {
  scope: DelegationScope;
  /** The inbox row with the sealed exchange token; null if AWS never sent one. */
  tokenReference: string | null;
  /** Milliseconds for each removal: the length of the delegated session, and the grace. */
  limit: number;
}

/** The activities of a clean-up, beside the removals of the onboarding. */
export interface DelegationCleanUpActivities {
  /** Writes the results to the timeline and erases the exchange tokens. A second run changes nothing. */
  finishCleanUp: Activity<'registry', RequestRun & { timeline: TimelineEntry[] }, void>;
}

/** The options with which the reconciler starts a clean-up. A second start joins the running one. */
export function delegationCleanUpStart(request: { accountId: string; nickname: string }, input: DelegationCleanUpInput) {
  return {
    workflowType: delegationCleanUpName,
    workflowId: delegationCleanUpWorkflowId(input.requestId),
    taskQueue,
    args: [input] as [DelegationCleanUpInput],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    typedSearchAttributes: new TypedSearchAttributes([
      { key: searchAttributes.accountId, value: request.accountId },
      { key: searchAttributes.nickname, value: request.nickname },
    ]),
    staticSummary: `Remove everything of Muster's from account ${request.accountId}, whose request "${request.nickname}" has ended`,
  };
}
