/** The sandbox as clients meet it: unmodified SDKs over HTTP. If these fail, no other test against the sandbox proves anything. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteRoleCommand,
  GetRoleCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { partner, queueUrlOf, startTestSandbox, workerRoleArn } from './fixtures/sandbox.ts';
import { startSandbox } from './core/server.ts';
import type { Sandbox } from './core/server.ts';
import { stsState } from './sts/state.ts';
import { adminOf, control, keysOf } from './testing/http.ts';

const customer = '111122223333';
let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await startTestSandbox();
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await sandbox.close();
});

const iamOf = (accountId: string): IAMClient => new IAMClient(adminOf(sandbox, accountId));
const stsOf = (accountId: string): STSClient => new STSClient(adminOf(sandbox, accountId));

/** The partner's worker: no keys at all, only the metadata service's address. */
function workerSts(settings: object = {}): STSClient {
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE']) vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', sandbox.baseUrl);
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent');
  vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent');
  return new STSClient({ endpoint: sandbox.baseUrl, region: 'us-east-1', maxAttempts: 1, ...settings });
}

function trustOf(principal: string, externalId?: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { AWS: principal },
      Action: 'sts:AssumeRole',
      ...(externalId ? { Condition: { StringEquals: { 'sts:ExternalId': externalId } } } : {}),
    },
  });
}

async function customerRole(name = 'harvest', maxSession = 3600): Promise<string> {
  const { Role } = await iamOf(customer).send(
    new CreateRoleCommand({
      RoleName: name,
      AssumeRolePolicyDocument: trustOf(workerRoleArn, 'secret'),
      MaxSessionDuration: maxSession,
    }),
  );
  return Role!.Arn!;
}

const sessionIn = (RoleArn: string) => ({ RoleArn, RoleSessionName: 'session' });

describe("the partner's own side is there from the start", () => {
  it('O3: the default chain finds the caller role by IMDSv2, without any key', async () => {
    const identity = await workerSts().send(new GetCallerIdentityCommand({}));
    expect(identity.Account).toBe('909090909090');
    expect(identity.Arn).toMatch(/^arn:aws:sts::909090909090:assumed-role\/worker\/i-/);
  });

  it('IMDSv1, without a token, is refused', async () => {
    const response = await fetch(`${sandbox.baseUrl}/latest/meta-data/iam/security-credentials/`);
    expect(response.status).toBe(401);
  });

  it('the caller role may read its queue, and nothing that its policy does not name', async () => {
    const credentials = await workerSts().config.credentials();
    const sqs = new SQSClient(keysOf(sandbox, credentials));
    const QueueUrl = queueUrlOf(sandbox);
    await expect(sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }))).resolves.toBeDefined();
    await expect(sqs.send(new ReceiveMessageCommand({ QueueUrl }))).resolves.toBeDefined();
    await expect(new IAMClient(keysOf(sandbox, credentials)).send(new GetRoleCommand({ RoleName: 'worker' }))).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining(
        'is not authorized to perform: iam:GetRole on resource: arn:aws:iam::909090909090:role/worker because no identity-based policy allows',
      ),
    });
  });

  it("reset empties everything else, and the worker's credentials go on working", async () => {
    const sts = workerSts();
    await sts.send(new GetCallerIdentityCommand({}));
    await customerRole();
    await control(sandbox, 'POST', '/faults', { kind: 'throttle' });
    expect((await control(sandbox, 'POST', '/reset')).status).toBe(200);
    await expect(sts.send(new GetCallerIdentityCommand({}))).resolves.toMatchObject({ Account: '909090909090' });
    await expect(iamOf(customer).send(new GetRoleCommand({ RoleName: 'harvest' }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
    });
    const sqs = new SQSClient(keysOf(sandbox, await sts.config.credentials()));
    await expect(sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrlOf(sandbox) }))).resolves.toBeDefined();
  });
});

describe('AssumeRole', () => {
  it('D12: accepts with the external id, and refuses without it or with a wrong one, in one and the same sentence', async () => {
    const arn = await customerRole();
    const sts = workerSts();
    const accepted = await sts.send(new AssumeRoleCommand({ ...sessionIn(arn), ExternalId: 'secret' }));
    const identity = await new STSClient(
      keysOf(sandbox, {
        accessKeyId: accepted.Credentials!.AccessKeyId!,
        secretAccessKey: accepted.Credentials!.SecretAccessKey!,
        sessionToken: accepted.Credentials!.SessionToken,
      }),
    ).send(new GetCallerIdentityCommand({}));
    expect(identity.Arn).toBe(`arn:aws:sts::${customer}:assumed-role/harvest/session`);
    const sentence = /^User: .* is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111122223333:role\/\w+$/;
    for (const wrong of [{}, { ExternalId: 'Secret' }, { RoleArn: arn.replace('harvest', 'missing') }]) {
      const refused = await sts.send(new AssumeRoleCommand({ ...sessionIn(arn), ...wrong })).catch((error: Error) => error);
      expect(refused).toMatchObject({ name: 'AccessDenied', message: expect.stringMatching(sentence) });
    }
  });

  it("O4: durations are held by AWS's bounds, the role's maximum, and one hour when roles are chained", async () => {
    const arn = await customerRole('long', 7200);
    const sts = workerSts();
    const assume = (DurationSeconds: number) =>
      sts.send(new AssumeRoleCommand({ ...sessionIn(arn), ExternalId: 'secret', DurationSeconds }));
    await expect(assume(899)).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining('greater than or equal to 900'),
    });
    await expect(assume(7201)).rejects.toMatchObject({
      message: 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    });
    // An instance role's session is no chain.
    await expect(assume(7200)).resolves.toBeDefined();

    const { Role } = await iamOf(customer).send(
      new CreateRoleCommand({ RoleName: 'next', AssumeRolePolicyDocument: trustOf(arn), MaxSessionDuration: 7200 }),
    );
    const first = (await assume(900)).Credentials!;
    const chained = new STSClient(
      keysOf(sandbox, { accessKeyId: first.AccessKeyId!, secretAccessKey: first.SecretAccessKey!, sessionToken: first.SessionToken }),
    );
    await expect(chained.send(new AssumeRoleCommand({ ...sessionIn(Role!.Arn!), DurationSeconds: 3601 }))).rejects.toMatchObject({
      message: 'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    });
    await expect(chained.send(new AssumeRoleCommand(sessionIn(Role!.Arn!)))).resolves.toBeDefined();
  });

  it('O4: a caller in another account needs its own permission too, even if the trust policy names it', async () => {
    const iam = iamOf('444455556666');
    await iam.send(new CreateUserCommand({ UserName: 'ann' }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ann' }));
    const { Role } = await iamOf(customer).send(
      new CreateRoleCommand({ RoleName: 'open', AssumeRolePolicyDocument: trustOf('arn:aws:iam::444455556666:user/ann') }),
    );
    const sts = new STSClient(keysOf(sandbox, { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! }));
    await expect(sts.send(new AssumeRoleCommand(sessionIn(Role!.Arn!)))).rejects.toMatchObject({ name: 'AccessDenied' });
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: Role!.Arn },
    });
    await iam.send(new PutUserPolicyCommand({ UserName: 'ann', PolicyName: 'assume', PolicyDocument }));
    await expect(sts.send(new AssumeRoleCommand(sessionIn(Role!.Arn!)))).resolves.toBeDefined();
  });

  it("D4: a new role is IAM's at once, but STS sees it only after a while", async () => {
    const propagationMs = 60_000;
    let aheadMs = 0;
    const realNow = Date.now;
    vi.spyOn(Date, 'now').mockImplementation(() => realNow() + aheadMs);
    const afterAWhile = () => (aheadMs += propagationMs);
    await control(sandbox, 'PUT', '/limits', { iamPropagationMs: propagationMs });
    const arn = await customerRole();
    const assume = () => workerSts().send(new AssumeRoleCommand({ ...sessionIn(arn), ExternalId: 'secret' }));
    await expect(iamOf(customer).send(new GetRoleCommand({ RoleName: 'harvest' }))).resolves.toBeDefined();
    await expect(assume()).rejects.toMatchObject({ name: 'AccessDenied' });
    afterAWhile();
    await expect(assume()).resolves.toBeDefined();
    await iamOf(customer).send(new DeleteRoleCommand({ RoleName: 'harvest' }));
    await expect(assume()).resolves.toBeDefined();
    afterAWhile();
    await expect(assume()).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});

describe('credentials', () => {
  it('a wrong secret, a wrong token, an ended session and an unknown key are refused by name', async () => {
    const arn = await customerRole();
    const { Credentials } = await workerSts().send(new AssumeRoleCommand({ ...sessionIn(arn), ExternalId: 'secret' }));
    const keys = {
      accessKeyId: Credentials!.AccessKeyId!,
      secretAccessKey: Credentials!.SecretAccessKey!,
      sessionToken: Credentials!.SessionToken,
    };
    const who = (credentials: typeof keys) => new STSClient(keysOf(sandbox, credentials)).send(new GetCallerIdentityCommand({}));
    await expect(who(keys)).resolves.toBeDefined();
    await expect(who({ ...keys, secretAccessKey: 'guess' })).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
    await expect(who({ ...keys, sessionToken: 'guess' })).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
    await expect(who({ ...keys, accessKeyId: 'ASIAAAAAAAAAAAAAAAAA' })).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
    stsState.of(sandbox.world).credentials.get(keys.accessKeyId)!.caller.expiresAt = Date.now() - 1;
    await expect(who(keys)).rejects.toMatchObject({ name: 'ExpiredToken', $metadata: { httpStatusCode: 403 } });
    const sqs = new SQSClient(keysOf(sandbox, keys));
    await expect(sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrlOf(sandbox) }))).rejects.toMatchObject({
      name: /ExpiredToken/,
    });
  });

  it('a deleted access key ends at once', async () => {
    const iam = iamOf(customer);
    await iam.send(new CreateUserCommand({ UserName: 'ann' }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ann' }));
    const sts = new STSClient(keysOf(sandbox, { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! }));
    await expect(sts.send(new GetCallerIdentityCommand({}))).resolves.toMatchObject({ Arn: `arn:aws:iam::${customer}:user/ann` });
    await iam.send(new DeleteAccessKeyCommand({ UserName: 'ann', AccessKeyId: AccessKey!.AccessKeyId! }));
    await expect(sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
  });

  it('an unsigned call is refused', async () => {
    const response = await fetch(sandbox.baseUrl, {
      method: 'POST',
      body: new URLSearchParams({ Action: 'GetCallerIdentity', Version: '2011-06-15' }),
    });
    expect(response.status).toBe(403);
    expect(await response.text()).toContain('<Code>MissingAuthenticationToken</Code>');
  });
});

describe('control routes', () => {
  it('faults strike what they name, as often as they say', async () => {
    await control(sandbox, 'POST', '/faults', { service: 'sts', operation: 'AssumeRole', accountId: customer, kind: 'throttle', times: 1 });
    const arn = await customerRole();
    const sts = workerSts();
    const assume = () => sts.send(new AssumeRoleCommand({ ...sessionIn(arn), ExternalId: 'secret' }));
    await expect(sts.send(new GetCallerIdentityCommand({}))).resolves.toBeDefined();
    await expect(assume()).rejects.toMatchObject({ name: 'Throttling', message: 'Rate exceeded' });
    await expect(assume()).resolves.toBeDefined();
    const { body } = await control(sandbox, 'GET', '/calls');
    expect(body.sts).toMatchObject({ AssumeRole: { count: 2, throttled: 1 } });
  });

  it('a delay holds a call until its fault is taken away', async () => {
    // Used up by the call that is held: so it is known to be there, and says when it goes on.
    await control(sandbox, 'POST', '/faults', { kind: 'delay', ms: 3_600_000 });
    await control(sandbox, 'POST', '/faults', { kind: 'throttle', times: 1 });
    const held = stsOf(customer)
      .send(new GetCallerIdentityCommand({}))
      .catch((error: Error) => error);
    await expect.poll(async () => (await control(sandbox, 'GET', '/faults')).body.faults).toHaveLength(1);
    await control(sandbox, 'DELETE', '/faults');
    expect(await held).toMatchObject({ name: 'Throttling' });
  });

  it('D2: a dropped connection hides a create that was carried out', async () => {
    await control(sandbox, 'POST', '/faults', { operation: 'CreateRole', kind: 'drop', times: 1 });
    await expect(customerRole()).rejects.toThrow(/socket hang up|ECONNRESET/);
    await expect(iamOf(customer).send(new GetRoleCommand({ RoleName: 'harvest' }))).resolves.toBeDefined();
  });

  it.each([
    ['error', { name: 'InternalFailure', $metadata: { httpStatusCode: 500 } }],
    ['access_denied', { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } }],
  ])('fault %s', async (kind, expected) => {
    await control(sandbox, 'POST', '/faults', { service: 'sts', kind });
    await expect(stsOf(customer).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject(expected);
    await control(sandbox, 'DELETE', '/faults');
    await expect(stsOf(customer).send(new GetCallerIdentityCommand({}))).resolves.toBeDefined();
  });

  it('O9: more than 600 STS calls a second are throttled, unless the limits are off', async () => {
    const sts = new STSClient(adminOf(sandbox, customer));
    const burst = async () => {
      const answers = await Promise.allSettled(Array.from({ length: 650 }, () => sts.send(new GetCallerIdentityCommand({}))));
      return answers.filter(({ status }) => status === 'rejected').length;
    };
    await control(sandbox, 'PUT', '/limits', { mode: 'off' });
    expect(await burst()).toBe(0);
    // Time stands still for the bucket, so that the machine's speed does not matter.
    await control(sandbox, 'PUT', '/limits', { mode: 'aws' });
    vi.spyOn(Date, 'now').mockReturnValue(Date.now());
    expect(await burst()).toBe(50);
  }, 120_000);

  it("the clock moves the delegation clock, and leaves the worker's own session alone", async () => {
    const sts = workerSts();
    await sts.send(new GetCallerIdentityCommand({}));
    let heard = 0;
    sandbox.world.onClock(() => (heard += 1));
    await control(sandbox, 'PUT', '/clock', { advanceSeconds: 86_400 });
    expect(sandbox.world.now() - Date.now()).toBeGreaterThan(86_399_000);
    expect(heard).toBe(1);
    await expect(sts.send(new GetCallerIdentityCommand({}))).resolves.toBeDefined();
  });

  it('bad bodies are refused with a sentence', async () => {
    expect(await control(sandbox, 'POST', '/faults', { kind: 'explode', accountId: '12' })).toMatchObject({
      status: 422,
      body: { error: expect.stringMatching(/accountId: must be 12 digits; kind: /) },
    });
    expect((await control(sandbox, 'PUT', '/limits', { latency: 5 })).status).toBe(422);
    expect((await control(sandbox, 'GET', '/nowhere')).status).toBe(404);
  });
});

describe('the data file', () => {
  it("S1: a newer template of the partner's stack reaches its account at the next start", async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sandbox-'));
    const dataFile = join(folder, 'world.bin');
    await sandbox.close();
    try {
      sandbox = await startTestSandbox({ dataFile });
      await sandbox.close();
      const templateBody = partner.stack.templateBody.replace('sqs:ReceiveMessage', 'sqs:ListQueueTags');
      sandbox = await startTestSandbox({ dataFile, partner: { ...partner, stack: { ...partner.stack, templateBody } } });
      const sqs = new SQSClient(keysOf(sandbox, await workerSts().config.credentials()));
      await expect(sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrlOf(sandbox) }))).rejects.toMatchObject({
        name: /AccessDenied/,
      });
    } finally {
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('a template that does not deploy stops the start, with the reason', async () => {
    const templateBody = 'Resources: { X: { Type: "AWS::IAM::Role", Properties: { AssumeRolePolicyDocument: {} } } }';
    await expect(startTestSandbox({ partner: { accountId: partner.accountId, stack: { name: 'own', templateBody } } })).rejects.toThrow(
      /stack own does not deploy: .*ROLLBACK/,
    );
  });

  it('S1: a restart finds roles, credentials and settings again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sandbox-'));
    const dataFile = join(folder, 'world.bin');
    try {
      await sandbox.close();
      sandbox = await startTestSandbox({ dataFile });
      const arn = await customerRole();
      const before = await workerSts().config.credentials();
      // Meant for the product; it must not keep the sandbox itself from starting.
      await control(sandbox, 'POST', '/faults', { kind: 'error', times: 1000 });
      await sandbox.close();

      sandbox = await startTestSandbox({ dataFile });
      expect((await control(sandbox, 'GET', '/faults')).body.faults).toHaveLength(1);
      await control(sandbox, 'DELETE', '/faults');
      await expect(
        new STSClient(keysOf(sandbox, before)).send(new AssumeRoleCommand({ ...sessionIn(arn), ExternalId: 'secret' })),
      ).resolves.toBeDefined();
      const sqs = new SQSClient(keysOf(sandbox, before));
      await expect(sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrlOf(sandbox) }))).resolves.toBeDefined();
    } finally {
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
      sandbox = await startTestSandbox();
    }
  });
});

describe('a sandbox without a partner', () => {
  it('has no instance role, and makes organizations for a caller that the request names', async () => {
    const own = await startSandbox();
    try {
      const metadata = `${own.baseUrl}/latest/`;
      const headers = { 'x-aws-ec2-metadata-token-ttl-seconds': '60' };
      const token = await (await fetch(`${metadata}api/token`, { method: 'PUT', headers })).text();
      for (const path of ['meta-data/iam/security-credentials/', 'meta-data/iam/info', 'dynamic/instance-identity/document']) {
        expect((await fetch(metadata + path, { headers: { 'x-aws-ec2-metadata-token': token } })).status).toBe(404);
      }
      expect(await (await fetch(own.baseUrl)).text()).not.toContain('partner');

      const request = { accounts: 2, ous: 1 };
      expect(await control(own, 'POST', '/organizations', request)).toMatchObject({
        status: 422,
        body: { error: expect.stringContaining('callerArn: required') },
      });
      const callerArn = 'arn:aws:iam::444455556666:root';
      const { body } = await control(own, 'POST', '/organizations', { ...request, callerArn });
      const { roleArn, externalId } = body.organizationRole as { roleArn: string; externalId: string };
      const sts = new STSClient(adminOf(own, '444455556666'));
      await expect(sts.send(new AssumeRoleCommand({ ...sessionIn(roleArn), ExternalId: externalId }))).resolves.toBeDefined();
      expect(await control(own, 'POST', '/organizations', { ...request, callerArn, partition: 'aws-cn' })).toMatchObject({
        status: 422,
        body: { error: expect.stringContaining('callerArn') },
      });
      expect((await control(own, 'POST', '/reset')).status).toBe(200);
    } finally {
      await own.close();
    }
  });
});
