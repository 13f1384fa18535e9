import { z } from 'zod';
import { readEnvironment } from '../config/environment.ts';
import { runProgram } from '../config/run.ts';
import { settings } from '../config/settings.ts';
import { openDatabase } from './client.ts';
import { describeDatabaseError } from './errors.ts';
import { reseal } from './sealing/reseal.ts';

const environment = z.object({ DATABASE_URL: settings.DATABASE_URL, MUSTER_SEALING_KEYS: settings.MUSTER_SEALING_KEYS });

/** `npm run reseal`: ends with 0 when no sealed value needs an old key any more, with 1 when one does. */
await runProgram(async () => {
  const config = readEnvironment('muster reseal', environment);
  const current = config.MUSTER_SEALING_KEYS.current.id;
  const database = openDatabase({ url: config.DATABASE_URL, applicationName: 'muster-reseal', poolSize: 2 });
  try {
    for (const { table, resealed, left, unopened } of await reseal(database.db, config.MUSTER_SEALING_KEYS)) {
      const rest = left.map(({ keyId, rows }) => `${rows} with key ${keyId}`).join(', ');
      process.stdout.write(`${table}: ${resealed} re-sealed with key ${current}; still sealed with an old key: ${rest || 'none'}\n`);
      for (const { id, keyId } of unopened) {
        process.stderr.write(
          `${table} ${id}: cannot be opened. It was sealed with key ${keyId}: give that key in MUSTER_SEALING_KEYS, or the row is damaged.\n`,
        );
      }
      if (left.length > 0) process.exitCode = 1;
    }
  } catch (error) {
    // A failed query carries its parameters.
    process.stderr.write(`The database could not be used (${describeDatabaseError(error)}). Run it again: what is done stays done.\n`);
    process.exitCode = 1;
  } finally {
    await database.close();
  }
});
