import { z } from 'zod';
import { readEnvironment } from '../config/environment.ts';
import { runProgram } from '../config/run.ts';
import { settings } from '../config/settings.ts';
import { migrateDatabase } from './migrations.ts';

await runProgram(async () => {
  const { DATABASE_URL } = readEnvironment('muster migrate', z.object({ DATABASE_URL: settings.DATABASE_URL }));
  await migrateDatabase(DATABASE_URL);
  process.stdout.write('The database is up to date.\n');
});
