import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import type { Sandbox } from '@muster/aws-sandbox';
import { control } from '@muster/aws-sandbox/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { partitions } from '../../domain/aws/arn.ts';
import { startMusterSandbox } from '../../dev/partner/start-sandbox.ts';
import { createAwsClients, type AwsClients } from './clients.ts';

let sandbox: Sandbox;
let aws: AwsClients;
const requests: string[] = [];
beforeAll(async () => {
  sandbox = await startMusterSandbox({ log: (line) => requests.push(line) });
});
afterAll(() => sandbox?.close());

/** Only what an instance has: no keys in the environment, no files, and a metadata service. */
function onAnInstance(metadata = sandbox.baseUrl): void {
  vi.stubEnv('AWS_ENDPOINT_URL', sandbox.baseUrl);
  vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', metadata);
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE']) vi.stubEnv(name, undefined);
  for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, '/nowhere');
  aws = createAwsClients({
    region: 'us-east-1',
    stackRegion: 'us-east-1',
    ownAccount: { accountId: '909090909090', allowedRoleArn: null },
  });
}
afterEach(() => {
  aws?.close();
  vi.unstubAllEnvs();
});

describe('O3: the caller of STS', () => {
  it('is the instance role, by IMDSv2, without an access key', async () => {
    onAnInstance();
    const identity = await aws.stsFor({ partition: 'aws' }).send(new GetCallerIdentityCommand({}));
    expect(identity.Arn).toMatch(/^arn:aws:sts::909090909090:assumed-role\/.+\/i-/);
  });

  it('calls the metadata service once for any number of concurrent calls', async () => {
    onAnInstance();
    requests.length = 0;
    await Promise.all(Array.from({ length: 50 }, () => aws.stsFor({ partition: 'aws' }).send(new GetCallerIdentityCommand({}))));
    expect(requests.filter((line) => line.startsWith('PUT /latest/api/token'))).toHaveLength(1);
  });

  it('is the given access key, even on an instance with a role', async () => {
    onAnInstance('http://127.0.0.1:1');
    const sts = aws.stsFor({ partition: 'aws', accessKey: { accessKeyId: '111122223333', secretAccessKey: 'any' } });
    expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({ Account: '111122223333' });
  });
});

describe('O4: partitions follow the role’s ARN', () => {
  it.each([
    ['aws', 'us-east-1', 'sts.us-east-1.amazonaws.com'],
    ['aws-us-gov', 'us-gov-west-1', 'sts.us-gov-west-1.amazonaws.com'],
    ['aws-cn', 'cn-north-1', 'sts.cn-north-1.amazonaws.com.cn'],
    ['aws-eusc', 'eusc-de-east-1', 'sts.eusc-de-east-1.amazonaws.eu'],
  ] as const)('%s is asked at its regional endpoint', async (partition, region, hostname) => {
    aws = createAwsClients({
      region: 'us-east-1',
      stackRegion: 'us-east-1',
      ownAccount: { accountId: '909090909090', allowedRoleArn: null },
    });
    const sts = aws.stsFor({ partition, accessKey: { accessKeyId: '111122223333', secretAccessKey: 'any' } });
    expect(await sts.config.region()).toBe(region);
    const called: unknown[] = [];
    sts.middlewareStack.add(
      () => async (call) => {
        called.push((call.request as { hostname: string }).hostname);
        throw new Error('far enough');
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
    await expect(sts.send(new GetCallerIdentityCommand({}))).rejects.toThrow('far enough');
    expect(called).toEqual([hostname]);
  });

  it.each(partitions)('%s: a member role is assumed and simulates itself', async (partition) => {
    onAnInstance();
    const { body } = await control(sandbox, 'POST', '/organizations', { accounts: 2, ous: 1, partition });
    const { managementAccountId, memberRole, accessKey } = body as {
      managementAccountId: string;
      memberRole: { roleName: string; externalId: string };
      accessKey?: { accessKeyId: string; secretAccessKey: string };
    };
    const roleArn = `arn:${partition}:iam::${managementAccountId}:role/${memberRole.roleName}`;
    const { Credentials } = await aws
      .stsFor({ partition, ...(accessKey ? { accessKey } : {}) })
      .send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'muster', ExternalId: memberRole.externalId }));
    const session = {
      accessKeyId: Credentials!.AccessKeyId!,
      secretAccessKey: Credentials!.SecretAccessKey!,
      sessionToken: Credentials!.SessionToken!,
    };
    const { EvaluationResults } = await aws
      .iamAs(session, partition)
      .send(new SimulatePrincipalPolicyCommand({ PolicySourceArn: roleArn, ActionNames: ['ec2:DescribeInstances'] }));
    expect(EvaluationResults![0]!.EvalDecision).toBe('allowed');
  });
});

it('a service that does not answer fails before the activity’s timeout', async () => {
  onAnInstance();
  await control(sandbox, 'POST', '/faults', { service: 'sts', operation: 'GetCallerIdentity', kind: 'delay', ms: 8_000, times: 1 });
  const sts = aws.stsFor({ partition: 'aws', accessKey: { accessKeyId: '111122223333', secretAccessKey: 'any' } });
  await expect(sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ name: 'TimeoutError' });
}, 30_000);
