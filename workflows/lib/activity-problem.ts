import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure, isCancellation } from '@temporalio/workflow';
import { failureTypes, supersededCodes, type FailureDetail } from '../contracts/failures.ts';

export interface ActivityProblem {
  /** One of `failureTypes`; null if there was no answer. */
  type: string | null;
  code: string | null;
  awsCode: string | null;
  message: string;
}

/** The run no longer owns its row, so it must end without a change (S8). `code` says why. */
export class RunSuperseded extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Reads the failure of an activity or a child workflow. Throws RunSuperseded if the activity refused
 * the run. Rethrows every other error: a cancellation, an ending, a defect.
 */
export function readActivityProblem(error: unknown): ActivityProblem {
  if (!(error instanceof ActivityFailure || error instanceof ChildWorkflowFailure) || isCancellation(error)) throw error;
  // A timeout carries the failure of the last attempt, if it had one, which says more.
  for (let cause: unknown = error.cause; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ApplicationFailure) {
      const detail = cause.details?.[0] as FailureDetail | undefined;
      if (cause.type === failureTypes.superseded) throw new RunSuperseded(detail?.code ?? supersededCodes.newerRun, cause.message);
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

/** The reason why a run must step aside. Rethrows every other error. */
export function supersededBy(error: unknown): RunSuperseded {
  if (error instanceof RunSuperseded) return error;
  try {
    readActivityProblem(error);
  } catch (cause) {
    if (cause instanceof RunSuperseded) return cause;
  }
  throw error;
}
