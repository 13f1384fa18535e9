import type { SyncEnding } from '../contracts/organization-keeper.ts';

/** An end that the keeper writes, because the run itself could not, or does not know why. */
export type Ending = Omit<SyncEnding, 'syncId'>;

export const cancelled = (by: string): Ending => ({
  phase: 'cancelled',
  failure: { code: 'cancelled', message: `Cancelled by ${by}. What it had done so far stays; start another to do the rest.` },
});

export const stopped: Ending = {
  phase: 'cancelled',
  failure: { code: 'cancelled', message: 'Its workflow was cancelled. What it had done so far stays; start another to do the rest.' },
};

export const failed = (reason: string): Ending => ({
  phase: 'failed',
  failure: {
    code: 'internal_error',
    message: `Its workflow ended unexpectedly: ${reason}. What it had done so far stays; start another to do the rest.`,
  },
});

export const interrupted: Ending = {
  phase: 'failed',
  failure: {
    code: 'interrupted',
    message: 'It was interrupted together with the workflow that ran it. What it had done so far stays; start another to do the rest.',
  },
};
