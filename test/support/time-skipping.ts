import { TestWorkflowEnvironment } from '@temporalio/testing';
import { waitForPort } from '../../dev/stack/probes.ts';
import { findTestServer } from '../../dev/temporal/test-server.ts';
import { searchAttributes } from '../../workflows/contracts/search-attributes.ts';
import { startServer } from './start-server.ts';

/** Temporal's enum for a KEYWORD attribute (temporal.api.enums.v1.IndexedValueType). */
const keyword = 2;

/**
 * The SDK knows a time-skipping server only where it starts the program itself: this one, which is on every machine and
 * does nothing for as many seconds as the port's number, until the SDK ends it.
 */
const inItsPlace = '/bin/sleep';

/** A Temporal server on which a week passes in a moment, with Muster's search attributes. */
export async function startTimeSkipping(): Promise<TestWorkflowEnvironment> {
  const path = await findTestServer();
  const env = await startServer({
    command: (port) => ({ command: path, args: [String(port)], env: process.env, stopSignal: 'SIGTERM' }),
    ready: waitForPort,
    attach: (port) =>
      TestWorkflowEnvironment.createTimeSkipping({ server: { executable: { type: 'existing-path', path: inItsPlace }, port } }),
  });
  await env.connection.operatorService.addSearchAttributes({
    namespace: env.namespace ?? 'default',
    searchAttributes: Object.fromEntries(Object.values(searchAttributes).map(({ name }) => [name, keyword])),
  });
  return env;
}
