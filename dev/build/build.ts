import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { workflowsPath } from '../../worker/create-worker.ts';
import { PROJECT_ROOT } from '../stack/home.ts';
import { runProgram } from '../temporal/programs.ts';

/** Folder of the built programs. */
export const dist = join(PROJECT_ROOT, 'dist');

/** Files that programs read at run time. */
const assets = [
  'db/migrations',
  'templates/delegation',
  ...['account-onboarding', 'organization-management', 'organization-member-role'].map((name) => `templates/${name}.yaml`),
];

/**
 * Compiles the programs to JavaScript in dist/ and the workflows to one bundle, so that production needs neither compiler
 * nor sources. Replaces the previous build. Throws with the compiler's messages if the sources do not compile.
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
