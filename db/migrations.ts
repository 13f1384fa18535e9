import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
import { isLockTimeout } from './errors.ts';
import { grantToApplication, type ApplicationRole } from './roles.ts';

/** Key of the advisory lock; no other program may lock this number in Muster's database. */
const migrationLock = 7_283_119;

const ownMigrations = fileURLToPath(new URL('./migrations', import.meta.url));

/** Limits of a migration, in milliseconds. */
export interface MigrationLimits {
  /** For one lock on a table. While a migration waits for a lock, all later calls that use the table wait behind it. */
  lockMs: number;
  /** Pause before the next attempt. Calls that waited behind the migration run in this pause. */
  pauseMs: number;
  /** For all attempts, and for another program that migrates. */
  totalMs: number;
}

export const migrationLimits: MigrationLimits = { lockMs: 4_000, pauseMs: 2_000, totalMs: 600_000 };

/**
 * Applies all pending migrations. Safe to run from many processes at once: one migrates under an advisory lock, while the
 * others wait for it. A migration that cannot lock a table in time is rolled back and retried, so that a running API never
 * waits long behind it. Then gives the application's role, if there is one besides the owner, its rights on all tables. Throws the last lock timeout once all attempts have failed.
 */
export async function migrateDatabase(
  url: string,
  application: ApplicationRole | null = null,
  limits = migrationLimits,
  migrationsFolder = ownMigrations,
): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'muster-migrate',
    connectionTimeoutMillis: 10_000,
    lock_timeout: limits.lockMs,
    keepAlive: true,
  });
  // Statements report a lost connection. Without a listener, pg's event would end the process too.
  client.on('error', () => {});
  const giveUpAt = performance.now() + limits.totalMs;
  await client.connect();
  try {
    await lockMigrations(client, giveUpAt);
    const db = drizzle(client);
    for (;;) {
      try {
        await migrate(db, { migrationsFolder });
        if (application !== null) await grantToApplication(client, application);
        return;
      } catch (error) {
        if (!isLockTimeout(error) || performance.now() + limits.pauseMs > giveUpAt) throw error;
        await delay(limits.pauseMs);
      }
    }
  } finally {
    await client.end();
  }
}

/** Waits for the advisory lock by polling, because the lock timeout would end a wait inside Postgres. */
async function lockMigrations(client: pg.Client, giveUpAt: number): Promise<void> {
  for (;;) {
    const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [migrationLock]);
    if (rows[0]!.locked) return;
    if (performance.now() > giveUpAt) throw new Error('Another program holds the lock of the migrations. Look for a migration that hangs.');
    await delay(100);
  }
}
