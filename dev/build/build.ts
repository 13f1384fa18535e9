import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { PROJECT_ROOT } from '../stack/home.ts';
import { runProgram } from '../temporal/programs.ts';

/** Folder of the built programs. */
export const dist = join(PROJECT_ROOT, 'dist');

/** Workflow code as one script, as production workers run it. */
export const workflowBundle = join(dist, 'workflow-bundle.js');

/** The same, for workers that encrypt: failures are encoded. */
export const encryptingWorkflowBundle = join(dist, 'workflow-bundle.encrypt.js');

/** The built module of the converter that encodes failures. */
export const builtEncodedFailures = join(dist, 'temporal/encoded-failures.js');

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
 * Compiles the programs to JavaScript in dist/ and the workflows to a bundle for each form of failures, so that production needs neither compiler
 * nor sources. Replaces the previous build. Throws with the compiler's messages if the sources do not compile.
 */
export async function build({ typesChecked = true }: BuildOptions = {}): Promise<void> {
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist, { recursive: true });
  await Promise.all([
    compile(typesChecked),
    bundle(workflowBundle, {}),
    bundle(encryptingWorkflowBundle, { failureConverterPath: join(PROJECT_ROOT, 'temporal/encoded-failures.ts') }),
    ...assets.map((asset) => cp(join(PROJECT_ROOT, asset), join(dist, asset), { recursive: true })),
  ]);
}

async function compile(typesChecked: boolean): Promise<void> {
  const compiler = join(PROJECT_ROOT, 'node_modules/typescript/bin/tsc');
  const args = ['-p', 'tsconfig.build.json', ...(typesChecked ? [] : ['--noCheck'])];
  await runProgram(process.execPath, [compiler, ...args], { cwd: PROJECT_ROOT });
}

async function bundle(file: string, converter: { failureConverterPath?: string }): Promise<void> {
  // The worker's own constant would load every activity with it, which takes longer than the bundle.
  const workflowsPath = join(PROJECT_ROOT, 'workflows/index.ts');
  const { code } = await bundleWorkflowCode({ workflowsPath, ...converter, logger: new DefaultLogger('WARN') });
  await writeFile(file, code);
}
