import { requestIdOfWorkflow } from '../workflows/contracts/delegation-onboarding.ts';

/** What an activity's log lines carry, so that a line leads to its run, and to the request that it serves (S6). */
export interface ActivityContext {
  workflowId?: string;
  runId?: string;
  activityType: string;
  attempt: number;
  /** The delegation request, where the run is one's. */
  requestId?: string;
}

/** The context of an activity, from what Temporal tells about it. */
export function activityContext(info: {
  workflowExecution?: { workflowId: string; runId: string };
  activityType: string;
  attempt: number;
}): ActivityContext {
  const { activityType, attempt, workflowExecution } = info;
  return { ...(workflowExecution ? runContext(workflowExecution.workflowId, workflowExecution.runId) : {}), activityType, attempt };
}

/** The part of the context that all lines of one run share. */
export function runContext(workflowId: string, runId: string): { workflowId: string; runId: string; requestId?: string } {
  const requestId = requestIdOfWorkflow(workflowId);
  return { workflowId, runId, ...(requestId === null ? {} : { requestId }) };
}
