/** Time limits of a program's database connections, in milliseconds. */
export interface DatabaseLimits {
  /** For a free connection of the pool, including the time to open one. */
  connectMs: number;
  /** Postgres cancels a statement that runs longer (`statement_timeout`). */
  statementMs: number;
  /** Postgres cancels a statement that waits longer for one lock (`lock_timeout`). */
  lockMs: number;
  /** Postgres ends a connection whose transaction waits longer for its program (`idle_in_transaction_session_timeout`). */
  idleInTransactionMs: number;
  /** The program gives up a statement that Postgres neither finishes nor cancels, because Postgres or the network hangs. */
  answerMs: number;
}

/** Short limits for the API: callers wait at most 10 s for the database. */
export const apiDatabaseLimits: DatabaseLimits = {
  connectMs: 4_000,
  statementMs: 6_000,
  lockMs: 4_000,
  idleInTransactionMs: 30_000,
  answerMs: 8_000,
};

/** Longer limits for the worker, whose activities write thousands of rows at a time and are retried by Temporal. */
export const workerDatabaseLimits: DatabaseLimits = {
  connectMs: 30_000,
  statementMs: 120_000,
  lockMs: 30_000,
  idleInTransactionMs: 120_000,
  answerMs: 130_000,
};
