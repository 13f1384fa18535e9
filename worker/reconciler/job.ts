import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Database } from '../../db/client.ts';
import type { OnboardingSignals } from '../../notifications/signals.ts';

/** What the reconciler's jobs work with. */
export interface ReconcilerDependencies {
  client: Client;
  db: Database;
  signals: OnboardingSignals;
  logger: Logger;
  /** Minimum age of a row in milliseconds: the process that wrote a younger one may still be at work on it. */
  graceMs: number;
  /** How long other reconcilers leave a claimed row alone, in milliseconds. */
  claimMs: number;
}

export interface JobContext extends ReconcilerDependencies {
  /**
   * Handles rows, several at a time and each in its own try: a failure is logged with the row's `fields`, counted, and
   * keeps no other row from its turn.
   */
  handleEach<Row>(rows: readonly Row[], fields: (row: Row) => object, handle: (row: Row) => Promise<void>): Promise<void>;
}

/** A repair of what a process that died left behind. Running it twice, or in two workers at once, does no harm. */
export interface ReconcilerJob {
  /** Its name in logs and metrics, and that of its file. */
  name: string;
  run(context: JobContext): Promise<void>;
}
