import { forEachAtMost } from '../../activities/side-by-side.ts';
import { describeError } from '../describe-error.ts';
import type { ReconcilerDependencies, ReconcilerJob } from './job.ts';

const maxRowsAtOnce = 10;

export interface JobOptions extends ReconcilerDependencies {
  /** Timeout in milliseconds for the calls to Temporal of one row; 10 s unless given. */
  rowTimeoutMs?: number;
  /** Timeout in milliseconds for a job's calls to Temporal before its first row; 15 s unless given. */
  jobTimeoutMs?: number;
  /** Counts a failed row, or a job that failed as a whole. */
  countFailure: (job: string) => void;
}

/**
 * Runs a job once. Never rejects: it logs and counts failures. The timeouts keep a call that hangs from delaying other rows
 * and jobs (S8).
 */
export async function runJob(
  job: ReconcilerJob,
  { countFailure, rowTimeoutMs = 10_000, jobTimeoutMs = 15_000, ...dependencies }: JobOptions,
): Promise<void> {
  const { client } = dependencies;
  const logger = dependencies.logger.child({ job: job.name });

  async function attempt(timeoutMs: number, fields: object, work: () => Promise<void>): Promise<void> {
    try {
      await client.withDeadline(Date.now() + timeoutMs, work);
    } catch (error) {
      countFailure(job.name);
      logger.warn({ ...fields, fault: describeError(error) }, 'a reconciler job failed; the next round retries it');
    }
  }

  await attempt(jobTimeoutMs, {}, () =>
    job.run({
      ...dependencies,
      logger,
      handleEach: (rows, fields, handle) =>
        forEachAtMost(rows, maxRowsAtOnce, (row) => attempt(rowTimeoutMs, fields(row), () => handle(row))),
    }),
  );
}
