import type { Client } from '@temporalio/client';
import { pino } from 'pino';
import type { Database } from '../../db/client.ts';
import type { ReconcilerJob } from '../../worker/reconciler/job.ts';
import { runJob, type JobOptions } from '../../worker/reconciler/run-job.ts';

/** A client of Temporal that answers only these calls, without deadlines. */
export function fakeClient(parts: { workflow?: object; schedule?: object } = {}): Client {
  const withDeadline = async <Result>(_deadline: number, call: () => Promise<Result>) => await call();
  return { withDeadline, ...parts } as unknown as Client;
}

/** Options for the reconciler's jobs, with claims of a minute and time for a loaded machine. */
export function reconcilerOptions(db: Database, client: Client): JobOptions {
  return {
    client,
    db,
    logger: pino({ level: 'silent' }),
    signals: { send: () => Promise.reject(new Error('no run is there')) },
    graceMs: 15_000,
    claimMs: 60_000,
    cloudCheckMs: 12 * 3_600_000,
    rowTimeoutMs: 60_000,
    jobTimeoutMs: 60_000,
    countFailure: () => {},
  };
}

/** Runs a job of the reconciler once; returns the faults that it logged. */
export async function runReconcilerJob(job: ReconcilerJob, db: Database, client: Client = fakeClient()): Promise<string[]> {
  const faults: string[] = [];
  const keepFault = (line: string) => {
    const { fault } = JSON.parse(line) as { fault?: string };
    if (fault !== undefined) faults.push(fault);
  };
  await runJob(job, { ...reconcilerOptions(db, client), logger: pino({ level: 'warn' }, { write: keepFault }) });
  return faults;
}
