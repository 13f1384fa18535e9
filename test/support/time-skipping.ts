import { TestWorkflowEnvironment } from '@temporalio/testing';
import { findTestServer } from '../../dev/temporal/test-server.ts';
import { searchAttributes } from '../../workflows/contracts/search-attributes.ts';
import { startServer } from './start-server.ts';

/** Temporal's enum for a KEYWORD attribute (temporal.api.enums.v1.IndexedValueType). */
const keyword = 2;

/** A Temporal server on which a week passes in a moment, with Muster's search attributes. */
export async function startTimeSkipping(): Promise<TestWorkflowEnvironment> {
  const path = await findTestServer();
  const env = await startServer(() =>
    TestWorkflowEnvironment.createTimeSkipping({ server: { executable: { type: 'existing-path', path } } }),
  );
  await env.connection.operatorService.addSearchAttributes({
    namespace: env.namespace ?? 'default',
    searchAttributes: Object.fromEntries(Object.values(searchAttributes).map(({ name }) => [name, keyword])),
  });
  return env;
}
