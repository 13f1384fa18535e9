import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import { grantToApplication, type ApplicationRole } from './roles.ts';

/** Key of the advisory lock; no other program may lock this number in Muster's database. */
const migrationLock = 7_283_119;

/**
 * Applies all pending migrations. Safe to run from many processes at once: one migrates under an advisory lock, while the
 * others wait for it. Then gives the application's role, if there is one besides the owner, its rights on all tables.
 */
export async function migrateDatabase(url: string, application: ApplicationRole | null = null): Promise<void> {
  const sql = postgres(url, { max: 1, connect_timeout: 10, onnotice: () => {} });
  try {
    await sql`select pg_advisory_lock(${migrationLock})`;
    await migrate(drizzle(sql), { migrationsFolder: fileURLToPath(new URL('./migrations', import.meta.url)) });
    if (application !== null) await grantToApplication(sql, application);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
