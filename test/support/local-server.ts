import { TestWorkflowEnvironment } from '@temporalio/testing';
import { LOOPBACK } from '../../dev/process/ports.ts';
import { findTemporalCli } from '../../dev/temporal/cli.ts';
import { devServerCommand, waitForDevServer } from '../../dev/temporal/dev-server.ts';
import { startServer } from './start-server.ts';

const namespace = 'default';

/** A real Temporal server, with Muster's search attributes: for what the time-skipping one does not do as it does. */
export async function startLocalServer(): Promise<TestWorkflowEnvironment> {
  const cli = await findTemporalCli();
  return await startServer({
    command: (port) => devServerCommand({ cli, port, namespace }),
    ready: (port, signal) => waitForDevServer(`${LOOPBACK}:${port}`, namespace, signal),
    attach: (port) => TestWorkflowEnvironment.createFromExistingServer({ address: `${LOOPBACK}:${port}`, namespace }),
  });
}
