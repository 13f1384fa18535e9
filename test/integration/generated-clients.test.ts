import { execFile } from 'node:child_process';
import { copyFile, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { pythonIsMissing, pythonProgram } from '@muster/aws-sandbox/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../dev/stack/home.ts';
import { formOf } from '../support/stack-organizations.ts';
import { TestStack } from '../support/stack.ts';

const clients = join(PROJECT_ROOT, 'test/clients');
const document = join(PROJECT_ROOT, 'openapi.json');
const requirements = join(clients, 'requirements.txt');
const skipped = pythonIsMissing(requirements);

let stack: TestStack;
let folder: string;
beforeAll(async () => {
  stack = await TestStack.borrow();
  // Inside the project, so that a generated client finds its packages.
  const cache = join(PROJECT_ROOT, 'node_modules/.cache');
  await mkdir(cache, { recursive: true });
  folder = await mkdtemp(join(cache, 'clients-'));
});
afterAll(async () => {
  await stack?.stop();
  if (folder) await rm(folder, { recursive: true });
});

/** Runs a program in the folder, and returns its whole output. */
async function run(program: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const options = { cwd: folder, env: { PATH: process.env['PATH'], ...env }, maxBuffer: 16 * 1_048_576 };
  return await promisify(execFile)(program, args, options).then(
    ({ stdout, stderr }) => stdout + stderr,
    (error: { stdout: string; stderr: string }) => {
      throw new Error(`${program} failed: ${error.stdout}${error.stderr}`);
    },
  );
}

/** The arguments of a program that makes the calls. */
async function given(tag: string): Promise<string> {
  const made = await stack.organizations.make({ accounts: 3 });
  return JSON.stringify({
    apiUrl: stack.info.apiUrl,
    apiKey: stack.info.adminApiKey,
    accountId: stack.newAccount(),
    organization: formOf(made),
    tag: `${tag} ${made.organizationId}`,
  });
}

/** The results of the calls, as both programs print them. */
function expected(results: { request: string }) {
  return {
    request: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    phase: 'requested',
    timeline: true,
    listed: [results.request],
    cancelled: 'cancelled',
    kind: 'sync',
    nickname: expect.stringMatching(/^Renamed /) as string,
    syncs: true,
    role: 'viewer',
    revoked: 204,
  };
}

describe('clients that are generated from openapi.json', () => {
  it('C1 C2: a TypeScript client compiles in strict mode with the shortest bodies, and makes ten calls', async () => {
    const { resolve } = createRequire(join(clients, 'package.json'));
    const generator = join(dirname(resolve('openapi-typescript/package.json')), 'bin/cli.js');
    await run(process.execPath, [generator, document, '-o', join(folder, 'openapi.ts')]);
    await copyFile(join(clients, 'ten-calls.ts'), join(folder, 'ten-calls.ts'));
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        extends: '../../../tsconfig.json',
        compilerOptions: { noEmit: false, outDir: 'out', rewriteRelativeImportExtensions: true, exactOptionalPropertyTypes: true },
        include: ['*.ts'],
        exclude: [],
      }),
    );
    await run(process.execPath, [join(PROJECT_ROOT, 'node_modules/typescript/bin/tsc'), '-p', folder]);
    const results = JSON.parse(await run(process.execPath, [join(folder, 'out/ten-calls.js'), await given('TypeScript')])) as {
      request: string;
    };
    expect(results).toEqual({ ...expected(results), total: 'number' });
  });

  it.skipIf(skipped !== undefined)(
    `C1 C2: every module of a Python client imports, and it makes ten calls${skipped === undefined ? '' : ` (${skipped})`}`,
    async () => {
      const bin = dirname(pythonProgram('python', requirements));
      const output = await run(
        join(bin, 'openapi-python-client'),
        ['generate', '--path', document, '--output-path', join(folder, 'muster_client'), '--meta', 'none'],
        { PATH: `${bin}:${process.env['PATH']}`, COLUMNS: '200' },
      );
      // AWS alone calls the webhook; its text/plain is beyond the generator.
      expect(output.match(/WARNING.*/g)).toEqual([
        'WARNING parsing POST /v1/webhooks/sns within webhooks. Endpoint will not be generated.',
      ]);
      await cp(join(clients, 'ten_calls.py'), join(folder, 'ten_calls.py'));
      const results = JSON.parse(await run(join(bin, 'python'), ['-B', 'ten_calls.py', await given('Python')])) as { request: string };
      expect(results).toEqual({ ...expected(results), total: 'int', modules: expect.any(Number) as number });
    },
  );
});
