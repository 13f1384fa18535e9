import { Connection } from '@temporalio/client';
import { z } from 'zod';
import { readEnvironment } from '../../config/environment.ts';
import { runProgram } from '../../config/run.ts';
import { settings } from '../../config/settings.ts';
import { setUpTemporal } from './setup.ts';

const environment = z.object({ TEMPORAL_ADDRESS: settings.TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE: settings.TEMPORAL_NAMESPACE });
/** The longest that a server takes to know a new namespace everywhere, with room to spare, in milliseconds. */
const patience = 60_000;

/** `npm run temporal:setup`: prepares a Temporal server for Muster; once for an installation, harmless afterwards. */
await runProgram(async () => {
  const config = readEnvironment('muster temporal:setup', environment);
  const connection = await Connection.connect({ address: config.TEMPORAL_ADDRESS, connectTimeout: '10s' });
  try {
    const made = await setUpTemporal(connection, config.TEMPORAL_NAMESPACE, AbortSignal.timeout(patience));
    process.stdout.write(
      made.length === 0 ? 'Temporal is ready for Muster already.\n' : `Temporal is ready for Muster; made: ${made.join(', ')}.\n`,
    );
  } finally {
    await connection.close();
  }
});
