import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { PROJECT_ROOT } from '../stack/home.ts';
import { runProgram } from '../temporal/programs.ts';

/** Folder of the built programs. */
export const dist = join(PROJECT_ROOT, 'dist');

/** Workflow code as one script, as production workers run it. */
export const workflowBundle = join(dist, 'workflow-bundle.js');

/** Files that programs read at run time. */
const assets = [
  'db/migrations',
  'templates/delegation',
  ...['account-onboarding', 'organization-management', 'organization-member-role'].map((name) => `templates/${name}.yaml`),
];

/** Options of a build. */
export interface BuildOptions {
  /** False skips the type checks: the compiler then needs a quarter of the time. True by default. */
  readonly typesChecked?: boolean;
}

/**
 * Compiles the programs to JavaScript in dist/ and the workflows to one bundle, so that production needs neither compiler
 * nor sources. Replaces the previous build. Throws with the compiler's messages if the sources do not compile.
 */
export async function build({ typesChecked = true }: BuildOptions = {}): Promise<void> {
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist, { recursive: true });
  await Promise.all([
    compile(typesChecked),
    bundle(),
    ...assets.map((asset) => cp(join(PROJECT_ROOT, asset), join(dist, asset), { recursive: true })),
  ]);
}

async function compile(typesChecked: boolean): Promise<void> {
  const compiler = join(PROJECT_ROOT, 'node_modules/typescript/bin/tsc');
  const args = ['-p', 'tsconfig.build.json', ...(typesChecked ? [] : ['--noCheck'])];
  await runProgram(process.execPath, [compiler, ...args], { cwd: PROJECT_ROOT });
}

async function bundle(): Promise<void> {
  // The worker's own constant would load every activity with it, which takes longer than the bundle.
  const workflowsPath = join(PROJECT_ROOT, 'workflows/index.ts');
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
  await writeFile(workflowBundle, code);
}
