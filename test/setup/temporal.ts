import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { findTemporalCli } from '../../dev/temporal/cli.ts';
import { findTestServer } from '../../dev/temporal/test-server.ts';
import { workflowsPath } from '../../worker/create-worker.ts';
import { SHARED_WORKFLOW_BUNDLE } from '../support/workflow-bundle.ts';

/**
 * Has Temporal's servers on this machine before the first test, so that building them costs no test its time limit, and
 * the workflow code in one bundle, which every worker of the run finds by the environment that it inherits.
 */
export default async function setUp(): Promise<() => Promise<void>> {
  await findTemporalCli();
  await findTestServer();
  const folder = await mkdtemp(join(tmpdir(), 'muster-test-bundle-'));
  const file = join(folder, 'workflow-bundle.js');
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
  await writeFile(file, code);
  process.env[SHARED_WORKFLOW_BUNDLE] = file;
  return async () => {
    delete process.env[SHARED_WORKFLOW_BUNDLE];
    await rm(folder, { recursive: true, force: true });
  };
}
