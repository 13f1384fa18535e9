/** The proof of an existing role, against the sandbox (C4, A5). */
import { IAMClient, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { adminOf } from '@muster/aws-sandbox/testing';
import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../db/ids.ts';
import { credentialSets, externalIdProofs } from '../../db/schema/index.ts';
import { CALLER_ROLE_ARN } from '../../dev/partner/muster.ts';
import { startTestRegistry, type TestRegistry } from '../../test/support/registry.ts';
import { inActivity, SandboxAws } from '../../test/support/sandbox-aws.ts';
import { proveCloudRole } from './prove-cloud-role.ts';

let registry: TestRegistry;
let cloud: SandboxAws;
beforeAll(async () => {
  [registry, cloud] = await Promise.all([startTestRegistry(), SandboxAws.start()]);
});
afterEach(() => cloud.control('DELETE', '/faults'));
afterAll(async () => {
  await cloud?.close();
  await registry?.close();
});

/** An existing role, and its sealed credentials. */
async function existing(changes: { externalId?: string | undefined } = {}) {
  const made = await cloud.makeOrganization({ accounts: 1 });
  const accountId = made.managementAccountId;
  const roleArn = `arn:aws:iam::${accountId}:role/${made.memberRole.roleName}`;
  const { externalId } = { externalId: made.memberRole.externalId, ...changes };
  const role = { roleArn, sessionName: 'muster', durationSeconds: 3_600, ...(externalId === undefined ? {} : { externalId }) };
  const id = newId();
  const { bytes, keyId } = await registry.sealer.seal(role, { table: 'credential_sets', id });
  await registry.db.insert(credentialSets).values({ id, roleArn, sealed: bytes, keyId });
  return { accountId, roleName: made.memberRole.roleName, id };
}

async function dropCondition({ accountId, roleName }: { accountId: string; roleName: string }): Promise<void> {
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: { AWS: CALLER_ROLE_ARN }, Action: 'sts:AssumeRole' },
  });
  await new IAMClient(adminOf(cloud.sandbox, accountId)).send(new UpdateAssumeRolePolicyCommand({ RoleName: roleName, PolicyDocument }));
}

const prove = (credentialSetId: string) => inActivity(() => proveCloudRole(cloud.dependencies(registry), { credentialSetId }));
const proofsOf = (id: string) => registry.db.select().from(externalIdProofs).where(eq(externalIdProofs.credentialSetId, id));
const passes = ({ checks }: Awaited<ReturnType<typeof prove>>) => checks.map(({ name, passed }) => [name, passed]);

describe('C4, D12: the proof of a role', () => {
  it('passes if the role accepts the external id and refuses without', async () => {
    const { id } = await existing();
    const proof = await prove(id);
    expect(passes(proof)).toEqual([
      ['assume_role', true],
      ['refuses_without_external_id', true],
    ]);
    expect(proof.warnings).toEqual([]);
    expect(await proofsOf(id)).toMatchObject([{ enforced: true }]);
  });

  it('names a role that accepts Muster without the external id', async () => {
    const role = await existing();
    await dropCondition(role);
    const proof = await prove(role.id);
    expect(passes(proof)[1]).toEqual(['refuses_without_external_id', false]);
    expect(proof.warnings).toMatchObject([{ code: 'external_id_not_enforced' }]);
  });

  it('does not pass without any external id', async () => {
    const role = await existing({ externalId: undefined });
    await dropCondition(role);
    const proof = await prove(role.id);
    expect(passes(proof)).toEqual([
      ['assume_role', true],
      ['refuses_without_external_id', false],
    ]);
    expect(proof.warnings).toMatchObject([{ code: 'external_id_not_enforced' }]);
  });

  it('names a role that refuses the external id', async () => {
    const { id } = await existing({ externalId: 'another-one' });
    const proof = await prove(id);
    expect(passes(proof)).toEqual([
      ['assume_role', false],
      ['refuses_without_external_id', false],
    ]);
    expect(JSON.stringify(proof)).not.toContain('another-one');
  });

  it('shows the permissions that the role lacks', async () => {
    const { id } = await existing();
    await cloud.control('POST', '/faults', { service: 'iam', operation: 'SimulatePrincipalPolicy', kind: 'access_denied' });
    const proof = await prove(id);
    expect(proof.checks.every(({ passed }) => passed)).toBe(true);
    expect(proof.warnings).toMatchObject([{ code: 'permissions_unknown' }]);
  });

  it.each([
    ['throttle', 'Throttled'],
    ['error', 'Transient'],
  ])('proves nothing by an answer of the kind %s', async (kind, type) => {
    const { id } = await existing();
    await cloud.control('POST', '/faults', { service: 'sts', operation: 'AssumeRole', kind });
    await expect(prove(id)).rejects.toMatchObject({ type });
    expect(await proofsOf(id)).toEqual([]);
  });
});
