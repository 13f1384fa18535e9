import type { STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestRegistry, type TestRegistry } from '../../../../test/support/registry.ts';
import { inActivity } from '../../../../test/support/sandbox-aws.ts';
import { createAwsClients } from '../../../aws/clients.ts';
import { connectOrganization } from './connect-organization.ts';

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startTestRegistry();
});
afterAll(() => registry?.close());

/** Connects to an organization whose sessions last this many minutes; returns how often its role was assumed after some use. */
async function assumedFor(minutes: number): Promise<number> {
  const { credentialSetId } = await registry.newOrganization();
  let assumed = 0;
  const send = async () => {
    assumed += 1;
    const Expiration = new Date(Date.now() + minutes * 60_000);
    return { Credentials: { AccessKeyId: `key-${assumed}`, SecretAccessKey: 'secret', SessionToken: 'token', Expiration } };
  };
  const aws = {
    ...createAwsClients({ region: 'us-east-1', stackRegion: 'us-east-1', ownAccount: { accountId: '909090909090', allowedRoleArn: null } }),
    stsFor: () => ({ send }) as unknown as STSClient,
  };
  try {
    const dependencies = { ...registry, aws, delegation: {} as never };
    const { organizations, tagging } = await inActivity(() => connectOrganization(dependencies, credentialSetId));
    for (const client of [organizations, organizations, tagging]) {
      expect((await inActivity(() => client.config.credentials())).accessKeyId).toBe(`key-${assumed}`);
    }
    return assumed;
  } finally {
    aws.close();
  }
}

describe('the organization role’s session', () => {
  it('O4: is created once for all calls', async () => expect(await assumedFor(60)).toBe(1));

  it('O9: is renewed before it ends, for Organizations and the tagging API alike', async () =>
    expect(await assumedFor(1)).toBeGreaterThan(2));
});
