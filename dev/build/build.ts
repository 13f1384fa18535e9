import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { PROJECT_ROOT } from '../stack/home.ts';
import { runProgram } from '../temporal/programs.ts';

/** Where the built programs are. */
export const dist = join(PROJECT_ROOT, 'dist');

/** The workflow code as one script, as workers of production run it. */
export const workflowBundle = join(dist, 'workflow-bundle.js');

/** What programs read beside their code. */
const assets = [
  'db/migrations',
  'templates/delegation',
  ...['account-onboarding', 'organization-management', 'organization-member-role'].map((name) => `templates/${name}.yaml`),
];

/** How a build is made. */
export interface BuildOptions {
  /** False leaves type errors to `npm run typecheck`, for a quarter of the compiler's time. True unless given. */
  readonly typesChecked?: boolean;
}

/**
 * Makes the programs as plain JavaScript in dist/, with the workflows in one bundle, so that production needs neither a
 * compiler nor the sources. What was there is replaced. Throws with the compiler's words on what it does not compile.
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
