import { z } from 'zod';
import { readEnvironment } from '../config/environment.ts';
import { runProgram } from '../config/run.ts';
import { settings } from '../config/settings.ts';
import { migrateDatabase } from './migrations.ts';
import { applicationRoleOf } from './roles.ts';

const environment = z.object({ DATABASE_URL: settings.DATABASE_URL, MIGRATE_DATABASE_URL: settings.MIGRATE_DATABASE_URL });

/**
 * `npm run migrate`: updates the tables as their owner, and gives the application's role its rights on them. Without
 * MIGRATE_DATABASE_URL, or with the same role in both, the application owns its tables and no right changes.
 */
await runProgram(async () => {
  const { DATABASE_URL, MIGRATE_DATABASE_URL = DATABASE_URL } = readEnvironment('muster migrate', environment);
  const application = applicationRoleOf(DATABASE_URL);
  const isOwner = applicationRoleOf(MIGRATE_DATABASE_URL).name === application.name;
  await migrateDatabase(MIGRATE_DATABASE_URL, isOwner ? null : application);
  process.stdout.write(
    isOwner
      ? `The database is up to date. The application's role ${application.name} owns the tables; SECURITY.md explains separate roles.\n`
      : `The database is up to date. The application's role ${application.name} has its rights.\n`,
  );
});
