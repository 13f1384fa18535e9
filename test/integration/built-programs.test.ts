import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../dev/stack/home.ts';
import { TestStack } from '../support/stack.ts';

let stack: TestStack;
beforeAll(async () => {
  stack = await TestStack.borrow();
});
afterAll(() => stack?.stop());

/** Runs Node in the project's folder to its end. */
function node(args: string[], env: NodeJS.ProcessEnv): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: PROJECT_ROOT, env: { PATH: process.env['PATH'], ...env } }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr });
    });
  });
}

it('S6: the programs of the image onboard an account: migration, API, and a worker with its built bundle', async () => {
  const account = stack.newAccount();
  const request = await stack.ask(account);
  await stack.approve(request, account);
  expect(await stack.phase(request.id, 'completed', 'failed')).toMatchObject({ phase: 'completed', failure: null });
  expect((await fetch(`${stack.info.apiUrl}/docs/swagger-ui.css`)).status).toBe(200);
});

it('S6: in production the worker refuses to start without its bundle', async () => {
  const bundle = join(stack.home, 'no-bundle.js');
  const settings = {
    NODE_ENV: 'production',
    DATABASE_URL: stack.info.databaseUrl,
    TEMPORAL_ADDRESS: stack.info.temporalAddress,
    MUSTER_SEALING_KEYS: `k:${Buffer.alloc(32, 1).toString('base64')}`,
    MUSTER_CALLER_ROLE_ARN: 'arn:aws:iam::909090909090:role/muster-caller',
    MUSTER_NOTIFICATION_TOPIC_ARN: 'arn:aws:sns:us-east-1:909090909090:topic',
    MUSTER_NOTIFICATION_QUEUE_URL: `${stack.info.awsEndpointUrl}/909090909090/no-queue`,
    MUSTER_POLICY_TEMPLATE_ARN: 'arn:aws:iam::partner:policy-template/muster.example/account',
    MUSTER_PERMISSIONS_BOUNDARY_ARN: 'arn:aws:iam::partner:policy/permission_boundary/muster.example/boundary',
    MUSTER_ORGANIZATION_POLICY_TEMPLATE_ARN: 'arn:aws:iam::partner:policy-template/muster.example/organization',
    MUSTER_ORGANIZATION_PERMISSIONS_BOUNDARY_ARN: 'arn:aws:iam::partner:policy/permission_boundary/muster.example/organization-boundary',
    MUSTER_WORKFLOW_BUNDLE: bundle,
  };
  const { code, output } = await node(['dist/worker/main.js'], settings);
  expect(code).toBe(1);
  expect(output).toContain(`muster worker cannot start: there is no workflow bundle at ${bundle}. Run npm run build`);
});

it('S5: a fresh Temporal namespace gets what operators look for, once, however often it is set up', async () => {
  const namespace = `fresh-${randomUUID()}`;
  const env = { TEMPORAL_ADDRESS: stack.info.temporalAddress, TEMPORAL_NAMESPACE: namespace };
  const setUp = () => node(['dist/worker/temporal-setup/main.js'], env);
  const first = await setUp();
  expect(first).toMatchObject({ code: 0, output: expect.stringContaining(`Created: namespace ${namespace}`) as unknown });
  const { customAttributes } = await stack.temporal.connection.operatorService.listSearchAttributes({ namespace });
  expect(Object.keys(customAttributes ?? {})).toEqual(
    expect.arrayContaining(['MusterOrganizationId', 'MusterAccountId', 'MusterPhase', 'MusterNickname']),
  );
  expect((await setUp()).output).toContain('Temporal was already set up for Muster.');
});
