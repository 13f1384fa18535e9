import { TagResourceCommand, UntagResourceCommand } from '@aws-sdk/client-organizations';
import type { OrganizationsClient } from '@aws-sdk/client-organizations';
import { GetResourcesCommand, paginateGetResources, ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestSandbox } from '../fixtures/sandbox.ts';
import type { Sandbox } from '../core/server.ts';
import type { GeneratedOrganization } from '../organizations/generate/index.ts';
import { organizationsState } from '../organizations/state.ts';
import { adminOf, control, keysOf } from '../testing/http.ts';
import { assume, makeOrganization, organizationsOf } from '../fixtures/organizations.ts';

const ResourceTypeFilters = ['organizations:account'];

let sandbox: Sandbox;
let made: GeneratedOrganization;
let client: ResourceGroupsTaggingAPIClient;
let organizations: OrganizationsClient;
let ids: string[];

beforeAll(async () => {
  sandbox = await startTestSandbox();
  await control(sandbox, 'PUT', '/limits', { mode: 'off' });
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  await control(sandbox, 'PUT', '/organizations/settings', { tagging: { lagSeconds: 0, missingAccountIds: [] } });
  made = await makeOrganization(sandbox, { accounts: 130, tagsPerAccount: 0 });
  client = new ResourceGroupsTaggingAPIClient(adminOf(sandbox, made.managementAccountId));
  organizations = organizationsOf(sandbox, made.managementAccountId);
  ids = [...organizationsState.of(sandbox.world).organizations.get(made.organizationId)!.accounts.keys()].sort();
});

const tag = (ResourceId: string, team: string) =>
  organizations.send(new TagResourceCommand({ ResourceId, Tags: [{ Key: 'team', Value: team }] }));

async function read(input: object = {}): Promise<Record<string, Record<string, string>>> {
  const found: Record<string, Record<string, string>> = {};
  for await (const page of paginateGetResources({ client }, { ResourceTypeFilters, ...input })) {
    for (const { ResourceARN, Tags } of page.ResourceTagMappingList!) {
      found[ResourceARN!.split('/').at(-1)!] = Object.fromEntries(Tags!.map(({ Key, Value }) => [Key!, Value!]));
    }
  }
  return found;
}

describe('B4: the tags of all accounts in few calls', () => {
  it('100 a page, by the ARN that Organizations gives', async () => {
    for (const id of ids) await tag(id, 'blue');
    const first = await client.send(new GetResourcesCommand({ ResourceTypeFilters }));
    expect(first.ResourceTagMappingList).toHaveLength(100);
    expect(first.ResourceTagMappingList![0]!.ResourceARN).toBe(
      `arn:aws:organizations::${made.managementAccountId}:account/${made.organizationId}/${ids[0]}`,
    );
    const all = await read();
    expect(Object.keys(all).sort()).toEqual(ids);
    expect(new Set(Object.values(all).map(({ team }) => team))).toEqual(new Set(['blue']));
  });

  it('only accounts that are or were tagged', async () => {
    expect(await read()).toEqual({});
    await tag(ids[3]!, 'blue');
    await tag(ids[5]!, 'red');
    await organizations.send(new UntagResourceCommand({ ResourceId: ids[5], TagKeys: ['team'] }));
    expect(await read()).toEqual({ [ids[3]!]: { team: 'blue' }, [ids[5]!]: {} });
    expect(await read({ TagFilters: [{ Key: 'team', Values: ['blue', 'green'] }] })).toEqual({ [ids[3]!]: { team: 'blue' } });
    expect(await read({ ResourceTypeFilters: ['ec2:instance'] })).toEqual({});
  });

  it('the index may lag, or not know an account', async () => {
    await tag(ids[3]!, 'blue');
    await control(sandbox, 'PUT', '/organizations/settings', { tagging: { lagSeconds: 3_600 } });
    await tag(ids[3]!, 'red');
    await tag(ids[4]!, 'red');
    expect(await read()).toEqual({ [ids[3]!]: { team: 'blue' } });
    await control(sandbox, 'PUT', '/organizations/settings', { tagging: { lagSeconds: 0, missingAccountIds: [ids[3]] } });
    expect(await read()).toEqual({ [ids[4]!]: { team: 'red' } });
  });

  it('elsewhere than in the home Region, or as another account, there are none', async () => {
    await tag(ids[3]!, 'blue');
    const elsewhere = { ...adminOf(sandbox, made.managementAccountId), region: 'eu-central-1' };
    const of = async (settings: object) =>
      (await new ResourceGroupsTaggingAPIClient(settings).send(new GetResourcesCommand({ ResourceTypeFilters }))).ResourceTagMappingList;
    expect(await of(elsewhere)).toEqual([]);
    expect(
      await of(
        adminOf(
          sandbox,
          ids.find((id) => id !== made.managementAccountId)!,
        ),
      ),
    ).toEqual([]);
    expect(await of(adminOf(sandbox, made.managementAccountId))).toHaveLength(1);
  });

  it('IAM may refuse it, and a token may be none', async () => {
    const short = await makeOrganization(sandbox, { withoutActions: ['tag:GetResources'] });
    const keys = await assume(sandbox, short.organizationRole.roleArn, short.organizationRole.externalId);
    await expect(
      new ResourceGroupsTaggingAPIClient(keysOf(sandbox, keys)).send(new GetResourcesCommand({ ResourceTypeFilters })),
    ).rejects.toMatchObject({ name: 'AccessDeniedException', message: expect.stringContaining('tag:GetResources') });
    await expect(client.send(new GetResourcesCommand({ ResourceTypeFilters, PaginationToken: 'made up' }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    await expect(client.send(new GetResourcesCommand({ ResourceTypeFilters, ResourcesPerPage: 101 }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });

  it('throttled and broken, it says so by its own names', async () => {
    const send = () => client.send(new GetResourcesCommand({ ResourceTypeFilters }));
    await control(sandbox, 'POST', '/faults', { service: 'tagging', kind: 'throttle', times: 1 });
    await expect(send()).rejects.toMatchObject({ name: 'ThrottledException' });
    await control(sandbox, 'POST', '/faults', { service: 'tagging', kind: 'error', times: 1 });
    await expect(send()).rejects.toMatchObject({ name: 'InternalServiceException' });
    await control(sandbox, 'POST', '/faults', { service: 'tagging', kind: 'access_denied', times: 1 });
    await expect(send()).rejects.toMatchObject({ name: 'AccessDeniedException', message: expect.stringContaining('tag:GetResources') });
  });
});
