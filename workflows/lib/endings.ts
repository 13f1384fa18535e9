import type { ActivityProblem } from './activity-problem.ts';
import type { OrganizationSyncResult } from '../contracts/organization-sync.ts';

/** How a piece of work ends, for its row and its result. */
export type Ending = Pick<OrganizationSyncResult, 'phase' | 'failure'>;

export const completed: Ending = { phase: 'completed', failure: null };

/** The keeper adds who asked for it, where somebody did. */
export const cancelled: Ending = {
  phase: 'cancelled',
  failure: { code: 'cancelled', message: 'It was cancelled. What it had done so far stays; start another to do the rest.' },
};

export const noSnapshot: Ending = {
  phase: 'failed',
  failure: {
    code: 'no_snapshot',
    message: 'There is no complete listing of this organization to plan by. Ask for a preview that lists it anew.',
  },
};

/** `what` says what failed, as a sentence without its end. */
export function failed(what: string, problem: ActivityProblem): Ending {
  return { phase: 'failed', failure: { code: problem.code ?? 'internal_error', message: `${what}: ${problem.message}` } };
}
