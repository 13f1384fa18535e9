import { z } from 'zod';
import { readEnvironment } from '../config/environment.ts';
import { runProgram } from '../config/run.ts';
import { settings } from '../config/settings.ts';
import { openDatabase } from './client.ts';
import { describeDatabaseError } from './errors.ts';
import { countKeyedFingerprints } from './sealing/keyed-fingerprints.ts';
import { reseal } from './sealing/reseal.ts';

const environment = z.object({ DATABASE_URL: settings.DATABASE_URL, MUSTER_SEALING_KEYS: settings.MUSTER_SEALING_KEYS });

/** `npm run reseal`: exits with 0 if no encrypted value and no live Idempotency-Key needs an old key, otherwise with 1. */
await runProgram(async () => {
  const config = readEnvironment('muster reseal', environment);
  const current = config.MUSTER_SEALING_KEYS.current.id;
  const database = openDatabase({ url: config.DATABASE_URL, applicationName: 'muster-reseal', poolSize: 2 });
  try {
    for (const { table, resealed, left, unopened } of await reseal(database.db, config.MUSTER_SEALING_KEYS)) {
      const rest = left.map(({ keyId, rows }) => `${rows} with key ${keyId}`).join(', ');
      process.stdout.write(`${table}: ${resealed} re-encrypted with key ${current}; still encrypted with an old key: ${rest || 'none'}\n`);
      for (const { id, keyId } of unopened) {
        process.stderr.write(
          `${table} ${id}: cannot be decrypted. Add its key ${keyId} to MUSTER_SEALING_KEYS; if the key is there, the row is damaged.\n`,
        );
      }
      if (left.length > 0) process.exitCode = 1;
    }
    const fingerprints = await countKeyedFingerprints(database.db, current);
    const rest = fingerprints.map(({ keyId, rows, until }) => `${rows} with key ${keyId}, until ${until.toISOString()}`).join('; ');
    process.stdout.write(`idempotency_keys: they expire automatically; still compared by an old key: ${rest || 'none'}\n`);
    if (fingerprints.length > 0) process.exitCode = 1;
  } catch (error) {
    // The error itself would show the query's parameters.
    process.stderr.write(
      `The database is unavailable (${describeDatabaseError(error)}). Run the command again; finished rows stay re-encrypted.\n`,
    );
    process.exitCode = 1;
  } finally {
    await database.close();
  }
});
