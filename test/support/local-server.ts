import { TestWorkflowEnvironment } from '@temporalio/testing';
import { findTemporalCli } from '../../dev/temporal/cli.ts';
import { searchAttributes } from '../../workflows/contracts/search-attributes.ts';
import { startServer } from './start-server.ts';

/** A real Temporal server, with Muster's search attributes: for what the time-skipping one does not do as it does. */
export async function startLocalServer(): Promise<TestWorkflowEnvironment> {
  const path = await findTemporalCli();
  return await startServer(() =>
    TestWorkflowEnvironment.createLocal({
      server: { executable: { type: 'existing-path', path }, searchAttributes: Object.values(searchAttributes) },
    }),
  );
}
