import type { SyncEnding } from '../contracts/organization-keeper.ts';
import type { ActivityProblem } from './activity-problem.ts';

/** How a piece of work ends, for its row and its result: a run writes its own, and the keeper those of a run that could not. */
export type SyncOutcome = Omit<SyncEnding, 'syncId'>;

export const completed: SyncOutcome = { phase: 'completed', failure: null };

/** The keeper adds who asked for it, where somebody did. */
export const cancelled: SyncOutcome = {
  phase: 'cancelled',
  failure: { code: 'cancelled', message: 'It was cancelled. Its changes so far stay; start a new one to do the rest.' },
};

export const cancelledBy = (by: string): SyncOutcome => ({
  phase: 'cancelled',
  failure: { code: 'cancelled', message: `Cancelled by ${by}. Its changes so far stay; start a new one to do the rest.` },
});

/** The run was cancelled without the keeper. */
export const workflowCancelled: SyncOutcome = {
  phase: 'cancelled',
  failure: { code: 'cancelled', message: 'Its workflow was cancelled. Its changes so far stay; start a new one to do the rest.' },
};

/** `what` says what failed, as a sentence without its end. */
export function failed(what: string, problem: ActivityProblem): SyncOutcome {
  return { phase: 'failed', failure: { code: problem.code ?? 'internal_error', message: `${what}: ${problem.message}` } };
}

export const workflowFailed = (reason: string): SyncOutcome => ({
  phase: 'failed',
  failure: {
    code: 'internal_error',
    message: `Its workflow failed unexpectedly: ${reason}. Its changes so far stay; start a new one to do the rest.`,
  },
});

/** An earlier keeper was terminated, and the run with it. */
export const interrupted: SyncOutcome = {
  phase: 'failed',
  failure: {
    code: 'interrupted',
    message:
      "Its workflow was stopped when the organization's keeper was terminated. Its changes so far stay; start a new one to do the rest.",
  },
};

export const noSnapshot: SyncOutcome = {
  phase: 'failed',
  failure: {
    code: 'no_snapshot',
    message: 'This organization has no complete listing to plan with. Request a preview that lists it again.',
  },
};
