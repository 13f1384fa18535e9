import type { SyncEnding } from '../contracts/organization-keeper.ts';
import type { ActivityProblem } from './activity-problem.ts';

/** The end of a piece of work, for its row and its result. The keeper writes it if the run itself could not. */
export type SyncOutcome = Omit<SyncEnding, 'syncId'>;

export const completed: SyncOutcome = { phase: 'completed', failure: null };

/** The run writes this outcome. The keeper replaces it by `cancelledBy` if a person cancelled it. */
export const cancelled: SyncOutcome = {
  phase: 'cancelled',
  failure: {
    code: 'cancelled',
    message: 'The run was cancelled. The changes that it had made are kept. Start a new run to complete the work.',
  },
};

export const cancelledBy = (by: string): SyncOutcome => ({
  phase: 'cancelled',
  failure: {
    code: 'cancelled',
    message: `Cancelled by ${by}. The changes that the run had made are kept. Start a new run to complete the work.`,
  },
});

/** An operator cancelled the workflow, not the piece of work. */
export const workflowCancelled: SyncOutcome = {
  phase: 'cancelled',
  failure: {
    code: 'cancelled',
    message: 'Its workflow was cancelled. The changes that the run had made are kept. Start a new run to complete the work.',
  },
};

/** `what` names the failed step, as a sentence without a full stop. */
export function failed(what: string, problem: ActivityProblem): SyncOutcome {
  return { phase: 'failed', failure: { code: problem.code ?? 'internal_error', message: `${what}: ${problem.message}` } };
}

export const workflowFailed = (reason: string): SyncOutcome => ({
  phase: 'failed',
  failure: {
    code: 'internal_error',
    message: `Its workflow failed unexpectedly: ${reason}. The changes that the run had made are kept. Start a new run to complete the work.`,
  },
});

/** An earlier keeper was terminated, which stopped the run. */
export const interrupted: SyncOutcome = {
  phase: 'failed',
  failure: {
    code: 'interrupted',
    message:
      "Its workflow was stopped when the organization's keeper was terminated. The changes that the run had made are kept. Start a new run to complete the work.",
  },
};

export const noSnapshot: SyncOutcome = {
  phase: 'failed',
  failure: {
    code: 'no_snapshot',
    message: 'This organization has no complete listing to plan with. Request a preview that lists it again.',
  },
};
