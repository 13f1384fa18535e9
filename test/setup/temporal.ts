import { findTemporalCli } from '../../dev/temporal/cli.ts';
import { findTestServer } from '../../dev/temporal/test-server.ts';

/** Has Temporal's servers on this machine before the first test, so that building them costs no test its time limit. */
export default async function setUp(): Promise<void> {
  await findTemporalCli();
  await findTestServer();
}
