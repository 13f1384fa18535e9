import { requestIdOfWorkflow } from '../workflows/contracts/delegation-onboarding.ts';

/** Log fields that lead from an activity's log line to its run and its request (S6). */
export interface ActivityContext {
  workflowId?: string;
  runId?: string;
  activityType: string;
  attempt: number;
  /** The delegation request, if the run belongs to one. */
  requestId?: string;
}

/** The context of an activity, from Temporal's information about it. */
export function activityContext(info: {
  workflowExecution?: { workflowId: string; runId: string };
  activityType: string;
  attempt: number;
}): ActivityContext {
  const { activityType, attempt, workflowExecution } = info;
  return { ...(workflowExecution ? runContext(workflowExecution.workflowId, workflowExecution.runId) : {}), activityType, attempt };
}

/** The part of the context that all log lines of one run share. */
export function runContext(workflowId: string, runId: string): { workflowId: string; runId: string; requestId?: string } {
  const requestId = requestIdOfWorkflow(workflowId);
  return { workflowId, runId, ...(requestId === null ? {} : { requestId }) };
}
