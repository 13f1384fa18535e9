import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { boundedByBudget, budgetOwner } from './budget.ts';
import { ConnectionLostError, toDatabaseFault } from './faults.ts';
import { Lease } from './lease.ts';
import type { DatabaseLimits } from './limits.ts';
import type { Rows } from './rows.ts';
import { Shares } from './shares.ts';

export interface PoolOptions {
  url: string;
  applicationName: string;
  size: number;
  /** Maximum number of connections that the calls of one owner hold at a time; a quarter of the pool unless given. */
  perOwner?: number;
  limits: DatabaseLimits;
}

/** Time for a statement to end after its cancellation, before its connection is closed anyway. */
const cancelMs = 2_000;
/** Time for running statements to end when the pool closes. */
const closeMs = 5_000;

/** The settings of one connection. Postgres enforces the timeouts itself, also if the program is gone. */
export function connectionConfig({ url, applicationName, limits }: Omit<PoolOptions, 'size' | 'perOwner'>): pg.ClientConfig {
  return {
    connectionString: url,
    application_name: applicationName,
    connectionTimeoutMillis: limits.connectMs,
    statement_timeout: limits.statementMs,
    lock_timeout: limits.lockMs,
    idle_in_transaction_session_timeout: limits.idleInTransactionMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  };
}

/**
 * The connection pool under Drizzle. It bounds every wait: for a connection, for an answer, and for all statements of a
 * call (db/driver/budget.ts). Drizzle takes it for a pool because of the word `Pool` in its class name, and then runs each
 * transaction on a connection of its own.
 */
export class BoundedPool {
  private readonly pool: pg.Pool;
  private readonly cancelling: pg.Pool;
  private readonly leases = new Set<Lease>();
  private readonly shares: Shares;
  private readonly limits: DatabaseLimits;

  constructor(options: PoolOptions) {
    const config = connectionConfig(options);
    this.limits = options.limits;
    this.pool = new pg.Pool({ ...config, max: options.size, idleTimeoutMillis: 60_000, maxLifetimeSeconds: 3_600 });
    this.cancelling = new pg.Pool({ ...config, max: 1, connectionTimeoutMillis: cancelMs, query_timeout: cancelMs, allowExitOnIdle: true });
    this.shares = new Shares(options.perOwner ?? Math.ceil(options.size / 4));
    for (const pool of [this.pool, this.cancelling]) {
      // The pool replaces an idle connection that is lost. The next statement reports a database that stays away.
      pool.on('error', () => {});
      // pg emits errors also after it has reported a connection as lost.
      pool.on('connect', (client) => void client.on('error', () => {}));
    }
  }

  /** Runs one statement on any connection. */
  async query(config: pg.QueryConfig, values?: unknown[]): Promise<Rows> {
    const lease = await this.connect();
    try {
      return await lease.query(config, values);
    } finally {
      lease.release();
    }
  }

  /** Lends a connection. The borrower must release it. */
  async connect(): Promise<Lease> {
    let isGivenUp = false;
    let leave = (): void => {};
    const onGivenUp = (): void => {
      isGivenUp = true;
      leave();
    };
    const acquire = async (): Promise<Lease> => {
      const owner = budgetOwner();
      const giveBack = owner === null ? () => {} : await this.shares.take(owner, (leaving) => void (leave = leaving));
      try {
        const client = await this.pool.connect();
        const lease = new Lease(client, {
          limits: this.limits,
          cancel: (broken) => this.cancel(broken),
          onReleased: (released) => {
            this.leases.delete(released);
            giveBack();
          },
        });
        this.leases.add(lease);
        if (isGivenUp) lease.release();
        return lease;
      } catch (error) {
        giveBack();
        throw toDatabaseFault(error);
      }
    };
    return await boundedByBudget(acquire, { limitMs: this.limits.connectMs, onGivenUp });
  }

  /** Closes the pool. Statements that still run after 5 s fail. */
  async close(): Promise<void> {
    const closed = Promise.all([this.pool.end(), this.cancelling.end()]);
    const late = new AbortController();
    const force = delay(closeMs, undefined, { signal: late.signal }).then(
      () => {
        for (const lease of this.leases) lease.break(new ConnectionLostError('the pool was closed'));
      },
      () => {},
    );
    await closed;
    late.abort();
    await force;
  }

  /** Best effort: a statement that cannot be cancelled ends by its `statement_timeout`. */
  private async cancel(client: pg.PoolClient): Promise<void> {
    const { processID } = client as unknown as { processID: number | null };
    if (processID === null) return;
    await this.cancelling.query('select pg_cancel_backend($1)', [processID]).catch(() => {});
  }
}
