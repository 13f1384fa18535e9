import { TypedSearchAttributes, WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@temporalio/common';
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
  /** Null when the cloud was gone by the time it was checked. */
  status: CloudStatus | null;
}

export interface CloudCheckResult {
  status: CloudStatus;
  reason: { code: string; message: string } | null;
  /** Gaps in what the role may do; absent in what older runs recorded. */
  warnings?: CloudWarning[];
  /** The credential set that was tried; absent in what older runs recorded. */
  credentialSetId?: string;
}

/** The activities of a recheck. */
export interface CloudRecheckActivities {
  /** Checks a cloud's role by its own credentials or its organization's, and says what status that gives it. */
  checkCloudRole: Activity<'poll', { cloudId: string }, CloudCheckResult | null>;
  recordCloudCheck: Activity<'registry', { cloudId: string; result: CloudCheckResult; at: string }, void>;
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
