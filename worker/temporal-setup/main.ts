import { Connection } from '@temporalio/client';
import { z } from 'zod';
import { runProgram } from '../../config/run.ts';
import { settings } from '../../config/settings.ts';
import { withDeadline } from '../../config/signals.ts';
import { readEnvironmentWithTemporal } from '../../config/temporal.ts';
import { connectOrExplain } from '../../temporal/connect.ts';
import { setUpTemporal } from './setup.ts';

const environment = z.object({ TEMPORAL_ADDRESS: settings.TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE: settings.TEMPORAL_NAMESPACE });
/** Timeout in milliseconds; a server takes some seconds until all of its parts know a new namespace. */
const timeoutMs = 60_000;

/** `npm run temporal:setup`: prepares a Temporal server for Muster. A second run does nothing. */
await runProgram(async () => {
  const { temporal } = readEnvironmentWithTemporal('muster temporal:setup', environment);
  const connection = await connectOrExplain('muster temporal:setup', temporal, (options) =>
    Connection.connect({ ...options, connectTimeout: '10s' }),
  );
  try {
    const created = await withDeadline(timeoutMs, (signal) => setUpTemporal(connection, temporal.namespace, signal));
    process.stdout.write(
      created.length === 0
        ? 'Temporal was already set up for Muster.\n'
        : `Temporal is set up for Muster. Created: ${created.join(', ')}.\n`,
    );
  } finally {
    await connection.close();
  }
});
