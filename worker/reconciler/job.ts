import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Database } from '../../db/client.ts';
import type { OnboardingSignals } from '../../notifications/signals.ts';

/** Dependencies and limits of the reconciler's jobs. */
export interface ReconcilerDependencies {
  client: Client;
  db: Database;
  signals: OnboardingSignals;
  logger: Logger;
  /** Minimum age of a row in milliseconds: the process that wrote a younger row may still work on it. */
  graceMs: number;
  /** How long other reconcilers leave a claimed row alone, in milliseconds. */
  claimMs: number;
  /** Milliseconds between two checks of a cloud that no organization manages. */
  cloudCheckMs: number;
}

export interface JobContext extends ReconcilerDependencies {
  /**
   * Handles rows, several at a time. A failed row is logged with its `fields` and counted; the other rows are still handled.
   */
  handleEach<Row>(rows: readonly Row[], fields: (row: Row) => object, handle: (row: Row) => Promise<void>): Promise<void>;
}

/** One kind of repair. Running it twice, or in two workers at the same time, does no harm. */
export interface ReconcilerJob {
  /** The name of the job in logs and metrics, and of its file. */
  name: string;
  run(context: JobContext): Promise<void>;
}
