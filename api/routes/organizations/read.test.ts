import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eq } from 'drizzle-orm';
import {
  badges,
  credentialSets,
  externalIdProofs,
  organizationalUnits,
  policyAttachments,
  serviceControlPolicies,
} from '../../../db/schema/index.ts';
import { startApi, type ApiHarness } from '../../../test/support/api/harness.ts';
import { insertMember, insertOrganization, insertSync, type TestOrganization } from '../../../test/support/organizations.ts';

const path = '/v1/organizations';
let api: ApiHarness;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

/**
 * The root r-ab12 with the units Work/loads and Legacy, each with a unit Prod. Accounts are under the root, under one Prod
 * and under Legacy.
 */
async function withTree() {
  const { db } = api.database;
  const organization = await insertOrganization(db, api.sealer);
  const organizationId = organization.id;
  const unit = (ouId: string, parentId: string | null, name: string) => ({ organizationId, ouId, parentId, name });
  await db
    .insert(organizationalUnits)
    .values([
      unit('ou-ab12-prod0001', 'ou-ab12-work0001', 'Prod'),
      unit('ou-ab12-prod0002', 'ou-ab12-lega0001', 'Prod'),
      unit('ou-ab12-lega0001', 'r-ab12', 'Legacy'),
      unit('ou-ab12-work0001', 'r-ab12', 'Work/loads'),
      unit('r-ab12', null, 'Root'),
    ]);
  await insertMember(db, organization, { organizationParentId: 'r-ab12', accountId: organization.managementAccountId });
  const member = await insertMember(db, organization, {
    organizationParentId: 'ou-ab12-prod0001',
    organizationPath: 'Work\\/loads/Prod',
    name: 'shop',
  });
  await insertMember(db, organization, { organizationParentId: 'ou-ab12-lega0001' });
  return { organization, member };
}

async function withPolicies(organization: TestOrganization, accountId: string) {
  const { db } = api.database;
  const organizationId = organization.id;
  const content = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 's3:*', Resource: '*' }] });
  await db.insert(serviceControlPolicies).values([
    { organizationId, policyId: 'p-FullAWSAccess', name: 'FullAWSAccess', awsManaged: true },
    { organizationId, policyId: 'p-aaaa1111', name: 'DenyStorage', description: 'No S3', awsManaged: false, content },
    { organizationId, policyId: 'p-bbbb2222', name: 'DenyStorage', awsManaged: false },
  ]);
  await db.insert(policyAttachments).values([
    { organizationId, policyId: 'p-aaaa1111', targetId: 'ou-ab12-work0001' },
    { organizationId, policyId: 'p-FullAWSAccess', targetId: 'ou-ab12-work0001' },
    { organizationId, policyId: 'p-aaaa1111', targetId: accountId },
    { organizationId, policyId: 'p-bbbb2222', targetId: 'r-ab12' },
  ]);
}

const accountOf = async (cloudId: string): Promise<string> => (await api.call('GET', `/v1/clouds/${cloudId}`)).body.accountId;

describe('the list of organizations', () => {
  it('S2: pages show each organization once, oldest first, and can be searched', async () => {
    const made: TestOrganization[] = [];
    for (let index = 0; index < 5; index += 1) {
      made.push(await insertOrganization(api.database.db, api.sealer, { nickname: `listed ${index}` }));
    }
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body: page } = await api.call('GET', `${path}?limit=2&search=LISTED${cursor ? `&cursor=${cursor}` : ''}`);
      expect(page.total).toBe(5);
      seen.push(...page.items.map((item: { id: string }) => item.id));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(made.map(({ id }) => id));
    for (const search of [made[3]!.awsOrganizationId, made[3]!.managementAccountId]) {
      expect((await api.call('GET', `${path}?search=${search}`)).body.items.map((item: { id: string }) => item.id)).toEqual([made[3]!.id]);
    }
  });

  it('O14: an organization counts its clouds, links to them by its badge, and shows its newest sync only', async () => {
    const { organization, member } = await withTree();
    const { db } = api.database;
    await db.insert(badges).values({
      cloudId: member,
      key: 'system.cloud_organization',
      value: organization.awsOrganizationId,
      source: 'system',
    });
    await insertSync(db, organization, { phase: 'completed', createdAt: new Date('2026-01-01') });
    const newest = await insertSync(db, organization, {
      phase: 'failed',
      createdAt: new Date('2026-01-02'),
      failureCode: 'listing_denied',
      failureMessage: 'no',
    });
    await insertSync(db, organization, { kind: 'recheck', phase: 'completed', createdAt: new Date('2026-01-03') });
    const { body } = await api.call('GET', `${path}/${organization.id}`);
    expect(body).toMatchObject({ accountCount: 3, lastSync: { id: newest, failure: { code: 'listing_denied', message: 'no' } } });
    const { body: listed } = await api.call('GET', body.cloudsUrl);
    expect(listed.items.map((cloud: { id: string }) => cloud.id)).toEqual([member]);
    expect((await api.call('GET', `/v1/clouds?organizationId=${organization.id}`)).body.total).toBe(3);
  });
});

describe('the tree', () => {
  it('O8: lists each unit after its parent, with its number of clouds; units may have the same name', async () => {
    const { organization } = await withTree();
    const { status, body } = await api.call('GET', `${path}/${organization.id}/tree`);
    const unit = (
      id: string,
      parentId: string | null,
      name: string,
      unitPath: string,
      accountCount: number,
      totalAccountCount: number,
    ) => ({
      id,
      parentId,
      name,
      path: unitPath,
      accountCount,
      totalAccountCount,
    });
    expect([status, body.items]).toEqual([
      200,
      [
        unit('r-ab12', null, 'Root', '', 1, 3),
        unit('ou-ab12-lega0001', 'r-ab12', 'Legacy', 'Legacy', 1, 1),
        unit('ou-ab12-prod0002', 'ou-ab12-lega0001', 'Prod', 'Legacy/Prod', 0, 0),
        unit('ou-ab12-work0001', 'r-ab12', 'Work/loads', 'Work\\/loads', 0, 1),
        unit('ou-ab12-prod0001', 'ou-ab12-work0001', 'Prod', 'Work\\/loads/Prod', 1, 1),
      ],
    ]);
  });

  it('is empty before the first complete listing', async () => {
    const { id } = await insertOrganization(api.database.db, api.sealer);
    expect((await api.call('GET', `${path}/${id}/tree`)).body).toEqual({ items: [] });
  });
});

describe('service control policies', () => {
  it('O15: are listed by name, page by page, with documents and targets', async () => {
    const { organization, member } = await withTree();
    await withPolicies(organization, await accountOf(member));
    const first = await api.call('GET', `${path}/${organization.id}/policies?limit=2`);
    expect(first.body).toMatchObject({ total: 3, nextCursor: expect.any(String) });
    expect(first.body.items).toEqual([
      {
        id: 'p-aaaa1111',
        name: 'DenyStorage',
        description: 'No S3',
        awsManaged: false,
        content: { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 's3:*', Resource: '*' }] },
        targets: [
          { id: await accountOf(member), type: 'account', name: 'shop' },
          { id: 'ou-ab12-work0001', type: 'organizational_unit', name: 'Work/loads' },
        ],
      },
      expect.objectContaining({ id: 'p-bbbb2222', content: null, targets: [{ id: 'r-ab12', type: 'root', name: 'Root' }] }),
    ]);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body: page } = await api.call('GET', `${path}/${organization.id}/policies?limit=1${cursor ? `&cursor=${cursor}` : ''}`);
      seen.push(...page.items.map(({ id }: { id: string }) => id));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(['p-aaaa1111', 'p-bbbb2222', 'p-FullAWSAccess']);
  });

  it('O15: a cloud shows the policies on its path from the root down; targets without any show FullAWSAccess', async () => {
    const { organization, member } = await withTree();
    await withPolicies(organization, await accountOf(member));
    const { status, body } = await api.call('GET', `/v1/clouds/${member}/policies`);
    expect([status, body.inEffect]).toEqual([200, true]);
    const named = body.items.map(({ target, policies }: { target: { name: string }; policies: { id: string }[] }) => [
      target.name,
      policies.map(({ id }) => id),
    ]);
    expect(named).toEqual([
      ['Root', ['p-bbbb2222']],
      ['Work/loads', ['p-aaaa1111', 'p-FullAWSAccess']],
      ['Prod', ['p-FullAWSAccess']],
      ['shop', ['p-aaaa1111']],
    ]);
    expect(body.items[3].target.type).toBe('account');
  });

  it('O15: the management account is exempt, and a cloud without an organization has none', async () => {
    const { organization, member } = await withTree();
    await withPolicies(organization, await accountOf(member));
    const { body: clouds } = await api.call('GET', `/v1/clouds?search=${organization.managementAccountId}`);
    expect((await api.call('GET', `/v1/clouds/${clouds.items[0].id}/policies`)).body).toMatchObject({ inEffect: false, items: [{}, {}] });
    await api.call('DELETE', `${path}/${organization.id}?clouds=keep`);
    expect((await api.call('GET', `/v1/clouds/${member}/policies`)).body).toEqual({ inEffect: false, items: [] });
  });
});

describe('a member cloud', () => {
  it('O15 O10: shows its path, its organization and the missing permissions of its role', async () => {
    const { organization } = await withTree();
    const warning = { code: 'denied_by_scp', action: 's3:GetBucketAcl', message: 'DenyStorage denies it.', policy: 'p-aaaa1111' };
    const id = await insertMember(api.database.db, organization, {
      status: 'warning',
      warnings: [warning],
      organizationPath: 'Work\\/loads/Prod',
    });
    const { body } = await api.call('GET', `/v1/clouds/${id}`);
    expect(body).toMatchObject({
      managed: true,
      nickname: null,
      organizationId: organization.id,
      organizationPath: 'Work\\/loads/Prod',
      status: 'warning',
      warnings: [warning],
    });
  });

  it('O12: refuses new credentials and removal, but allows a recheck', async () => {
    const { member } = await withTree();
    const { body: cloud } = await api.call('GET', `/v1/clouds/${member}`);
    const credentials = { roleArn: cloud.roleArn, sessionName: 'muster', durationSeconds: 900 };
    const replaced = await api.call('PUT', `/v1/clouds/${member}/credentials`, credentials);
    const removed = await api.call('DELETE', `/v1/clouds/${member}`);
    expect([replaced.status, replaced.body.code, removed.status, removed.body.code]).toEqual([
      409,
      'cloud_is_managed',
      409,
      'cloud_is_managed',
    ]);
    expect((await api.call('POST', `/v1/clouds/${member}/recheck`)).status).toBe(202);
    expect(api.workflows.rechecked).toContain(member);
  });
});

describe('A7, D12: external ids that protect nothing', () => {
  const warningsOf = async ({ id }: TestOrganization) => (await api.call('GET', `${path}/${id}`)).body.warnings;

  it('are one warning on the organization, and none before and after', async () => {
    const { db } = api.database;
    const organization = await insertOrganization(db, api.sealer);
    const { credentialSetId, credentials } = organization;
    const { roleArn } = credentials.organizationRole;
    expect(await warningsOf(organization)).toEqual([]);
    await db
      .update(credentialSets)
      .set({ rolesWithoutExternalId: ['member_role'] })
      .where(eq(credentialSets.id, credentialSetId));
    const absent = await warningsOf(organization);
    expect(absent).toEqual([{ code: 'external_id_not_enforced', message: expect.stringContaining('the member roles') }]);
    expect(absent[0].message).not.toContain(roleArn);
    await db.insert(externalIdProofs).values([
      { credentialSetId, roleArn, enforced: false, askedAt: new Date() },
      { credentialSetId, roleArn: `${roleArn}Of`, enforced: false, askedAt: new Date() },
    ]);
    expect(await warningsOf(organization)).toEqual([{ code: 'external_id_not_enforced', message: expect.stringContaining(roleArn) }]);
    await db.update(externalIdProofs).set({ enforced: true }).where(eq(externalIdProofs.roleArn, roleArn));
    await db.update(credentialSets).set({ rolesWithoutExternalId: [] }).where(eq(credentialSets.id, credentialSetId));
    expect(await warningsOf(organization)).toEqual([]);
  });
});
