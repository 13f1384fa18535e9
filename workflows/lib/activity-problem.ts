import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure, isCancellation } from '@temporalio/workflow';
import type { FailureDetail } from '../contracts/failures.ts';

export interface ActivityProblem {
  /** One of `failureTypes`; null when no answer came at all. */
  type: string | null;
  code: string | null;
  awsCode: string | null;
  message: string;
}

/** Reads what an activity, or a child workflow, failed with; rethrows every other error: a cancellation, an ending, a defect. */
export function readActivityProblem(error: unknown): ActivityProblem {
  if (!(error instanceof ActivityFailure || error instanceof ChildWorkflowFailure) || isCancellation(error)) throw error;
  // A timeout carries the last attempt's own failure, where there was one, and that says more.
  for (let cause: unknown = error.cause; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ApplicationFailure) {
      const detail = cause.details?.[0] as FailureDetail | undefined;
      return {
        type: cause.type ?? null,
        code: detail?.code ?? null,
        awsCode: detail?.awsCode ?? null,
        message: cause.message,
      };
    }
  }
  return { type: null, code: null, awsCode: null, message: 'No answer came in time.' };
}
