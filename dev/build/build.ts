import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { workflowsPath } from '../../worker/create-worker.ts';
import { PROJECT_ROOT } from '../stack/home.ts';
import { runProgram } from '../temporal/programs.ts';

/** Where the built programs are. */
export const dist = join(PROJECT_ROOT, 'dist');

/** What programs read beside their code. */
const assets = [
  'db/migrations',
  'templates/delegation',
  ...['account-onboarding', 'organization-management', 'organization-member-role'].map((name) => `templates/${name}.yaml`),
];

/**
 * Makes the programs as plain JavaScript in dist/, with the workflows in one bundle, so that production needs neither a
 * compiler nor the sources. What was there is replaced. Throws with the compiler's words on what it does not compile.
 */
export async function build(): Promise<void> {
  await rm(dist, { recursive: true, force: true });
  await runProgram(process.execPath, [join(PROJECT_ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'], {
    cwd: PROJECT_ROOT,
  });
  await mkdir(dist, { recursive: true });
  await Promise.all(assets.map((asset) => cp(join(PROJECT_ROOT, asset), join(dist, asset), { recursive: true })));
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
  await writeFile(join(dist, 'workflow-bundle.js'), code);
}
