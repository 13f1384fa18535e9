import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure, isCancellation } from '@temporalio/workflow';
import type { FailureDetail } from '../contracts/failures.ts';

export interface ActivityProblem {
  /** One of `failureTypes`; null if there was no answer. */
  type: string | null;
  code: string | null;
  awsCode: string | null;
  message: string;
}

/** Reads the failure of an activity or a child workflow. Rethrows every other error: a cancellation, an ending, a defect. */
export function readActivityProblem(error: unknown): ActivityProblem {
  if (!(error instanceof ActivityFailure || error instanceof ChildWorkflowFailure) || isCancellation(error)) throw error;
  // A timeout carries the failure of the last attempt, if it had one, which says more.
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
