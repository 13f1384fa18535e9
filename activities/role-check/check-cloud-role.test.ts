import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../db/ids.ts';
import { clouds, credentialSets } from '../../db/schema/index.ts';
import { partitions } from '../../domain/aws/arn.ts';
import { insertMember } from '../../test/support/organizations.ts';
import { startTestRegistry, type TestRegistry } from '../../test/support/registry.ts';
import { inActivity, registerMade, SandboxAws } from '../../test/support/sandbox-aws.ts';
import { checkCloudRole } from './check-cloud-role.ts';

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

const check = (cloudId: string) => inActivity(() => checkCloudRole(cloud.dependencies(registry), { cloudId }));

describe('O19: rechecking one cloud', () => {
  it.each(partitions)('uses the organization’s credentials for its cloud in %s', async (partition) => {
    const made = await cloud.makeOrganization({ accounts: 2, partition });
    const organization = await registerMade(registry, made, partition);
    const cloudId = await insertMember(registry.db, organization, { accountId: made.managementAccountId });
    expect(await check(cloudId)).toEqual({ status: 'ok', reason: null, warnings: [], credentialSetId: organization.credentialSetId });
    const missing = await insertMember(registry.db, organization, { accountId: '870000000001' });
    expect(await check(missing)).toMatchObject({ status: 'access_denied', reason: { code: 'role_refused' } });
    await registry.db.delete(clouds).where(eq(clouds.id, missing));
  });

  it('C3: uses a cloud’s own credentials: a missing permission is a warning', async () => {
    const made = await cloud.makeOrganization({ accounts: 1 });
    const id = newId();
    const roleArn = `arn:aws:iam::${made.managementAccountId}:role/${made.memberRole.roleName}`;
    const role = { roleArn, externalId: made.memberRole.externalId, sessionName: 'muster', durationSeconds: 3_600 };
    const { bytes, keyId } = await registry.sealer.seal(role, { table: 'credential_sets', id });
    await registry.db.insert(credentialSets).values({ id, roleArn, sealed: bytes, keyId });
    await registry.db.insert(clouds).values({ id, partition: 'aws', accountId: made.managementAccountId, roleArn, credentialSetId: id });
    expect(await check(id)).toMatchObject({ status: 'ok', credentialSetId: id });
    await cloud.control('POST', '/faults', { service: 'iam', operation: 'SimulatePrincipalPolicy', kind: 'access_denied' });
    expect(await check(id)).toMatchObject({ status: 'warning', reason: null, warnings: [{ code: 'permissions_unknown' }] });
  });

  it('is retried if AWS does not answer, and not recorded', async () => {
    const organization = await registerMade(registry, await cloud.makeOrganization({ accounts: 1 }));
    const cloudId = await insertMember(registry.db, organization, { accountId: organization.managementAccountId });
    await cloud.control('POST', '/faults', { service: 'sts', kind: 'throttle', times: 1 });
    await expect(check(cloudId)).rejects.toMatchObject({ type: 'Throttled' });
    expect(await check(cloudId)).toMatchObject({ status: 'ok' });
  });

  it('returns no status for a cloud that is gone', async () => {
    expect(await check(newId())).toBeNull();
  });
});
