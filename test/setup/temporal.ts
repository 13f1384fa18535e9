import { build } from '../../dev/build/build.ts';
import { findTemporalCli } from '../../dev/temporal/cli.ts';
import { findTestServer } from '../../dev/temporal/test-server.ts';

/** The one build of a run. Each of its projects is set up separately. */
const shared = globalThis as { musterBuild?: Promise<void> };

/**
 * Has on this machine, before the first test, what would cost tests their time limits: Temporal's servers, and Muster's
 * programs as they are in production, with the bundle of workflow code that all workers of the run share.
 */
export default async function setUp(): Promise<void> {
  await findTemporalCli();
  await findTestServer();
  await (shared.musterBuild ??= build({ typesChecked: false }));
}
