import { forEachAtMost } from '../../activities/side-by-side.ts';
import { describeError } from '../describe-error.ts';
import type { ReconcilerDependencies, ReconcilerJob } from './job.ts';

const maxRowsAtOnce = 10;

export interface JobOptions extends ReconcilerDependencies {
  /** Timeout of the calls to Temporal that handling a row makes, in milliseconds; 10 seconds unless given. */
  rowTimeoutMs?: number;
  /** The same for the calls that a job makes before its first row; 15 seconds unless given. */
  jobTimeoutMs?: number;
  /** Counts a failure of a row, or of the job itself. */
  countFailure: (job: string) => void;
}

/** Runs a job once. Never rejects: failures are logged and counted. A call that hangs does not hold up other jobs for long (S8). */
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
