import { patched } from '@temporalio/workflow';
import { readActivityProblem, type ActivityProblem } from './activity-problem.ts';

/** The code of a failure of Muster's own database. */
const databaseUnavailable = 'database_unavailable';

/**
 * Decides when a run gives up on AWS. It counts only the pauses after answers of AWS, or after calls that AWS left
 * unanswered: an outage of Muster's workers, of Temporal or of the database never ends a request (S8).
 */
export class Patience {
  private readonly limitMs: number;
  private spentMs = 0;

  constructor(limitMs: number) {
    this.limitMs = limitMs;
  }

  /** True if the run may pause this long after the problem, and try again. */
  allows(pauseMs: number, problem: Pick<ActivityProblem, 'type' | 'code'>): boolean {
    if (isOurs(problem)) return true;
    this.spentMs += pauseMs;
    return this.spentMs < this.limitMs;
  }
}

/** True if the problem says nothing about AWS: no worker reported a result, or the database was away. */
export function isOurs({ type, code }: Pick<ActivityProblem, 'type' | 'code'>): boolean {
  return type === null || code === databaseUnavailable;
}

/** Repeats an activity whose attempts all ended by an outage of Muster, so that only AWS's answers end its work. */
export async function untilAwsAnswers<Result>(work: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      // Runs from before this patch ended.
      if (!isOurs(readActivityProblem(error)) || !patched('counts-aws-answers')) throw error;
    }
  }
}
