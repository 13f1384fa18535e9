import pg from 'pg';
import { boundedByBudget } from './budget.ts';
import { endsConnection, toDatabaseFault } from './faults.ts';
import type { DatabaseLimits } from './limits.ts';
import { toRows, type Rows } from './rows.ts';

/** Time for a rollback when the call has used up its time. */
const rollbackMs = 2_000;

export interface LeaseOptions {
  limits: DatabaseLimits;
  /** Cancels the statement that the connection runs. */
  cancel: (client: pg.PoolClient) => Promise<void>;
  onReleased: (lease: Lease) => void;
}

/**
 * One connection, lent by the pool for a statement or a transaction. A connection that fails is closed and replaced at
 * once, even if its borrower never returns it: Drizzle does not return the connection of a transaction that cannot begin.
 */
export class Lease {
  private broken: Error | null = null;
  private isReleased = false;
  private readonly client: pg.PoolClient;
  private readonly options: LeaseOptions;
  private readonly onError = (error: Error): void => this.break(toDatabaseFault(error));

  constructor(client: pg.PoolClient, options: LeaseOptions) {
    this.client = client;
    this.options = options;
    // Without a listener, an error between two statements of a transaction would end the process.
    client.on('error', this.onError);
  }

  async query(config: pg.QueryConfig, values?: unknown[]): Promise<Rows> {
    const isRollback = /^\s*rollback\s*$/i.test(config.text);
    // Postgres has rolled back the transaction of a lost connection. The caller needs the error that broke it.
    if (this.broken && isRollback) return toRows({ rows: [], rowCount: 0 } as unknown as pg.QueryResult);
    if (this.broken) throw this.broken;
    try {
      const result = await boundedByBudget(() => this.client.query(config, values), {
        limitMs: this.options.limits.answerMs,
        ...(isRollback ? { minMs: rollbackMs } : {}),
        onGivenUp: (reason) => this.break(reason, { cancel: true }),
      });
      return toRows(result);
    } catch (error) {
      const fault = toDatabaseFault(error);
      if (endsConnection(fault) || /^\s*begin/i.test(config.text)) this.break(fault);
      throw this.broken ?? fault;
    }
  }

  /** Returns the connection to the pool. A connection inside a transaction is closed. */
  release(): void {
    this.free(this.client.getTransactionStatus() === 'I' ? undefined : new Error('the transaction was not ended'));
  }

  /** Closes the connection. Statements after it fail with the reason. */
  break(reason: Error, { cancel = false } = {}): void {
    if (this.broken || this.isReleased) return;
    this.broken = reason;
    if (!cancel) return this.free(reason);
    // The connection keeps its place in the pool until Postgres had the time to cancel, so that no more than a pool of
    // statements runs at any time.
    void this.options.cancel(this.client).finally(() => this.free(reason));
  }

  private free(reason?: Error): void {
    if (this.isReleased) return;
    this.isReleased = true;
    this.client.removeListener('error', this.onError);
    this.client.release(reason);
    this.options.onReleased(this);
  }
}
