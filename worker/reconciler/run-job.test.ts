import { expect, it } from 'vitest';
import type { Database } from '../../db/client.ts';
import { fakeClient, reconcilerOptions } from '../../test/support/run-reconciler-job.ts';
import type { ReconcilerJob } from './job.ts';
import { runJob } from './run-job.ts';

it('S8: a failed row stops no other row, and the calls to Temporal of each row and of the job have a timeout', async () => {
  const seconds: number[] = [];
  const client = fakeClient();
  client.withDeadline = async (deadline, call) => {
    seconds.push(Math.round((Number(deadline) - Date.now()) / 1_000));
    return await call();
  };
  const handled: number[] = [];
  const failed: string[] = [];
  const rows = Array.from({ length: 30 }, (_, index) => index);
  const job: ReconcilerJob = {
    name: 'count',
    run: ({ handleEach }) =>
      handleEach(
        rows,
        (row) => ({ row }),
        async (row) => {
          if (row % 2 === 0) throw new Error('refused');
          handled.push(row);
        },
      ),
  };
  const options = { ...reconcilerOptions(null as unknown as Database, client), rowTimeoutMs: 5_000, jobTimeoutMs: 20_000 };
  await runJob(job, { ...options, countFailure: (name) => void failed.push(name) });
  expect(handled).toEqual(rows.filter((row) => row % 2 === 1));
  expect(failed).toEqual(Array.from({ length: 15 }, () => 'count'));
  expect(seconds).toEqual([20, ...rows.map(() => 5)]);
});
