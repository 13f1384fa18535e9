/** D5: the commands of README.md, run by the AWS CLI against the sandbox, word for word. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import type { Sandbox } from '@muster/aws-sandbox';
import { addOrganization, adminOf, pythonIsMissing, pythonProgram, testRoot } from '@muster/aws-sandbox/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MUSTER_ACCOUNT } from '../dev/partner/muster.ts';
import { startMusterSandbox } from '../dev/partner/start-sandbox.ts';

const run = promisify(execFile);
const [customer, management, member] = ['430000000001', '430000000002', '430000000003'] as const;

/** The commands under a heading, each as the CLI's arguments; `…` stands for what the reader fills in. */
function commandsUnder(heading: string): string[][] {
  const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');
  const section = readme.split(/^## /m).find((part) => part.startsWith(`${heading}\n`))!;
  const script = [...section.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, body]) => body!).join('');
  return script
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll('\\\n', ' ')
    .replaceAll('r-…', testRoot)
    .replaceAll('=…', `=${'x'.repeat(32)}`)
    .trim()
    .split(/\n+/)
    .map((line) => line.trim().split(/\s+/));
}

const skipped = pythonIsMissing();

describe.skipIf(skipped !== undefined)(`D5: aws cloudformation deploy${skipped === undefined ? '' : ` (${skipped})`}`, () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startMusterSandbox();
    addOrganization(sandbox.world, { managementAccountId: management, accounts: { [member]: testRoot } });
  });
  afterAll(() => sandbox?.close());

  const aws = async (accountId: string, [name, ...args]: string[]): Promise<string> => {
    expect(name).toBe('aws');
    const { stdout } = await run(pythonProgram('aws'), args, {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      env: {
        PATH: process.env['PATH'],
        HOME: '/nonexistent',
        AWS_ENDPOINT_URL: sandbox.baseUrl,
        // The CLI of that age knows AWS_DEFAULT_REGION only.
        AWS_DEFAULT_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: accountId,
        AWS_SECRET_ACCESS_KEY: 'any',
      },
    });
    return stdout;
  };
  const roleOf = (accountId: string, RoleName: string) => new IAMClient(adminOf(sandbox, accountId)).send(new GetRoleCommand({ RoleName }));

  test("Muster's own side; a second run finds nothing to change", async () => {
    const [deploy, ...others] = commandsUnder("Muster's own side");
    expect(others).toEqual([]);
    // The sandbox has deployed Muster's side under another name; this account has none.
    expect(await aws(customer, deploy!)).toContain('Successfully created/updated stack - muster-caller');
    await expect(roleOf(customer, 'muster-caller')).resolves.toBeDefined();
    await expect(aws(customer, deploy!)).rejects.toMatchObject({
      stderr: expect.stringContaining('No changes to deploy. Stack muster-caller is up to date'),
    });
  });

  test("the customer's account", async () => {
    const [deploy] = commandsUnder("The customer's account");
    expect(deploy).toContain(`CallerPrincipalArn=arn:aws:iam::${MUSTER_ACCOUNT}:role/muster-caller`);
    expect(await aws(customer, deploy!)).toContain('Successfully created/updated stack - muster-account');
    await expect(roleOf(customer, 'muster-harvest')).resolves.toBeDefined();
  });

  test('a whole organization', async () => {
    const commands = commandsUnder('A whole organization');
    expect(commands.map(([, , operation]) => operation)).toEqual([
      'deploy',
      'activate-organizations-access',
      'create-stack-set',
      'create-stack-instances',
    ]);
    for (const command of commands) await aws(management, command);
    await expect(roleOf(management, 'muster-organization')).resolves.toBeDefined();
    await expect.poll(() => roleOf(member, 'muster-harvesting').then(() => 'there', () => 'missing')).toBe('there');
  });
}, 300_000);
