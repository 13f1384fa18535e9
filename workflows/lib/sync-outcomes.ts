import type { SyncEnding } from '../contracts/organization-keeper.ts';
import type { ActivityProblem } from './activity-problem.ts';

/** How a piece of work ends, for its row and its result: a run writes its own, and the keeper those of a run that could not. */
export type SyncOutcome = Omit<SyncEnding, 'syncId'>;

export const completed: SyncOutcome = { phase: 'completed', failure: null };

/** The keeper adds who asked for it, where somebody did. */
export const cancelled: SyncOutcome = {
  phase: 'cancelled',
  failure: { code: 'cancelled', message: 'It was cancelled. What it had done so far stays; start another to do the rest.' },
};

export const cancelledBy = (by: string): SyncOutcome => ({
  phase: 'cancelled',
  failure: { code: 'cancelled', message: `Cancelled by ${by}. What it had done so far stays; start another to do the rest.` },
});

/** The run was cancelled without the keeper. */
export const workflowCancelled: SyncOutcome = {
  phase: 'cancelled',
  failure: { code: 'cancelled', message: 'Its workflow was cancelled. What it had done so far stays; start another to do the rest.' },
};

/** `what` says what failed, as a sentence without its end. */
export function failed(what: string, problem: ActivityProblem): SyncOutcome {
  return { phase: 'failed', failure: { code: problem.code ?? 'internal_error', message: `${what}: ${problem.message}` } };
}

export const workflowFailed = (reason: string): SyncOutcome => ({
  phase: 'failed',
  failure: {
    code: 'internal_error',
    message: `Its workflow ended unexpectedly: ${reason}. What it had done so far stays; start another to do the rest.`,
  },
});

/** An earlier keeper was terminated, and the run with it. */
export const interrupted: SyncOutcome = {
  phase: 'failed',
  failure: {
    code: 'interrupted',
    message: 'It was interrupted together with the workflow that ran it. What it had done so far stays; start another to do the rest.',
  },
};

export const noSnapshot: SyncOutcome = {
  phase: 'failed',
  failure: {
    code: 'no_snapshot',
    message: 'There is no complete listing of this organization to plan by. Ask for a preview that lists it anew.',
  },
};
