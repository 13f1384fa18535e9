import { TypedSearchAttributes, WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@temporalio/common';
import type { StatusReason } from '../../domain/clouds/check.ts';
import type { CloudStatus, CloudWarning } from '../../domain/clouds/status.ts';
import type { Activity } from './activity.ts';
import { taskQueue } from './queues.ts';
import { searchAttributes } from './search-attributes.ts';

/** The registered name of the workflow. */
export const cloudRecheckName = 'cloudRecheck';

export function cloudRecheckWorkflowId(cloudId: string): string {
  return `cloud-recheck/${cloudId}`;
}

export interface CloudRecheckInput {
  cloudId: string;
}

export interface CloudRecheckResult {
  /** Null if the cloud was removed before its check ended. */
  status: CloudStatus | null;
}

export interface CloudCheckResult {
  status: CloudStatus;
  reason: { code: string; message: string } | null;
  /** Permissions that the role lacks. Results of older runs have no such field. */
  warnings?: CloudWarning[];
  /** The credential set of the check. Results of older runs have no such field. */
  credentialSetId?: string;
}

/** The activities of a recheck. */
export interface CloudRecheckActivities {
  /** Checks a cloud's role with the credentials of the cloud or of its organization. Null if the cloud is gone. */
  checkCloudRole: Activity<'poll', { cloudId: string }, CloudCheckResult | null>;
  /** Writes the result, unless the cloud has other credentials by now. */
  recordCloudCheck: Activity<'registry', { cloudId: string; result: CloudCheckResult; at: string }, void>;
  /** Writes why a check had no outcome, if the cloud is still pending. */
  recordUnfinishedCheck: Activity<'registry', { cloudId: string; reason: StatusReason }, void>;
}

/**
 * The fate of a running recheck when a second one is requested.
 * - `join`: both callers get the result of the running one.
 * - `replace`: it is terminated, because it may use credentials that the cloud no longer has. That is safe: its one
 *   write, recordCloudCheck, is skipped if the cloud's credentials have changed.
 */
export type RunningRecheck = 'join' | 'replace';

/** The options of a recheck. A cloud has at most one running at a time. */
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
