import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../dev/stack/home.ts';
import { TestStack } from '../support/stack.ts';

let stack: TestStack;
beforeAll(async () => {
  stack = await TestStack.borrow();
});
afterAll(() => stack?.stop());

/** Runs an example as docs/api.md does, against the stack, and returns its output. */
async function run(example: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join('examples', example), ...args], {
    cwd: PROJECT_ROOT,
    env: { PATH: process.env['PATH'], MUSTER_HOME: stack.home },
  });
  return stdout;
}

it('the examples add an account, watch its request and list its cloud', async () => {
  const account = stack.newAccount();
  const id = /^Request (\S+) is requested\.$/m.exec(await run('add-account.mjs', `Example ${account}`, account))![1]!;
  const watched = run('watch-request.mjs', id);
  await stack.approve(await stack.request(id), account);
  expect((await watched).trimEnd().split('\n').at(-1)).toBe('completed');
  expect(await run('list-clouds.mjs', `search=${account}`, 'status=ok')).toBe(`${account}  ok  Example ${account}\n`);
});

it('the examples add an organization and print the account without access', async () => {
  const file = join(stack.home, 'organization.json');
  await writeFile(file, await run('make-organization.mjs'));
  const lines = (await run('add-organization.mjs', file)).trimEnd().split('\n');
  expect(lines[0]).toMatch(/^Organization \S+, sync \S+$/);
  expect(lines).toContainEqual(expect.stringMatching(/^completed: 12 listed/));
  expect(lines.at(-1)).toMatch(/^\d{12} {2}\S.*: \S/);
});

it('an example shows the reason of a refusal', async () => {
  await expect(run('add-account.mjs', 'Example', '123')).rejects.toThrow(/\(invalid_input, request \S+\)/);
});
