import { ListRootsCommand, ListTagsForResourceCommand } from '@aws-sdk/client-organizations';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBuckets } from '../control/limits.ts';
import { startTestSandbox } from '../fixtures/sandbox.ts';
import type { Sandbox } from '../core/server.ts';
import { control } from '../testing/http.ts';
import { makeOrganization, organizationsOf } from '../fixtures/organizations.ts';
import { organizationsState } from './state.ts';

describe("O9: AWS's published rates", () => {
  /** The number of `tries` calls at one moment that are admitted. */
  function admitted(operations: string[], tries: number, more: { accounts?: number; afterSeconds?: number } = {}): number {
    let now = 0;
    const buckets = createBuckets(() => now);
    const call = (index: number): boolean =>
      buckets.admit({
        service: 'organizations',
        operation: operations[index % operations.length]!,
        accountId: String(index % (more.accounts ?? 1)),
        organizationId: 'o-1',
        region: 'us-east-1',
      });
    let count = 0;
    for (let index = 0; index < tries; index += 1) count += call(index) ? 1 : 0;
    if (more.afterSeconds === undefined) return count;
    now = more.afterSeconds * 1000;
    count = 0;
    for (let index = 0; index < tries; index += 1) count += call(index) ? 1 : 0;
    return count;
  }

  it.each([
    ['ListAccounts', 12, 15, 8],
    ['ListTagsForResource', 15, 18, 10],
    ['DescribeAccount', 30, 36, 20],
    ['ListChildren', 10, 12, 6],
    ['ListParents', 8, 10, 5],
    ['ListRoots', 2, 3, 1],
    ['DescribeOrganizationalUnit', 2, 3, 2],
    ['ListPolicies', 8, 10, 5],
    ['DescribePolicy', 2, 3, 2],
    ['ListDelegatedAdministrators', 8, 10, 5],
    ['ListAWSServiceAccessForOrganization', 3, 4, 1],
  ])('%s: a burst of %i for one account, %i for the organization, then %i a second', (operation, account, organization, perSecond) => {
    expect(admitted([operation], 100)).toBe(account);
    expect(admitted([operation], 200, { accounts: 10 })).toBe(organization);
    expect(admitted([operation], 100, { afterSeconds: 1 })).toBe(perSecond);
  });

  it.each([
    [['ListParents', 'ListAccountsForParent', 'ListOrganizationalUnitsForParent'], 8],
    [['DescribeOrganization', 'CreateOrganizationalUnit'], 2],
    [['ListPolicies', 'ListPoliciesForTarget', 'ListTargetsForPolicy'], 8],
    [['TagResource', 'UntagResource'], 6],
  ])('%j draw on one bucket', (operations, burst) => {
    expect(admitted(operations, 100)).toBe(burst);
  });

  it('an operation without a published rate is not limited', () => {
    expect(admitted(['CloseAccount'], 1_000)).toBe(1_000);
  });
});

describe('over the wire', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startTestSandbox();
  });
  afterAll(() => sandbox.close());

  it('one call too many is TooManyRequestsException, counted as a throttle; switched off, none is', async () => {
    const made = await makeOrganization(sandbox);
    const client = organizationsOf(sandbox, made.managementAccountId);
    const burst = () => Promise.allSettled(Array.from({ length: 30 }, () => client.send(new ListRootsCommand({}))));
    const refused = (await burst()).filter((result) => result.status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    expect(new Set(refused.map(({ reason }) => (reason as Error).name))).toEqual(new Set(['TooManyRequestsException']));
    const calls = (await control(sandbox, 'GET', '/calls')).body as { organizations: Record<string, { count: number; throttled: number }> };
    expect(calls.organizations.ListRoots).toEqual({ count: 30, throttled: refused.length });
    await control(sandbox, 'PUT', '/limits', { mode: 'off' });
    expect((await burst()).every((result) => result.status === 'fulfilled')).toBe(true);
  });

  it('a fault strikes the account that a read is about', async () => {
    const made = await makeOrganization(sandbox);
    await control(sandbox, 'PUT', '/limits', { mode: 'off' });
    const [, one, other] = [...organizationsState.of(sandbox.world).organizations.get(made.organizationId)!.accounts.keys()];
    await control(sandbox, 'POST', '/faults', { service: 'organizations', accountId: one, kind: 'error', times: 1 });
    const client = organizationsOf(sandbox, made.managementAccountId);
    const read = (ResourceId: string) => client.send(new ListTagsForResourceCommand({ ResourceId }));
    await read(other!);
    await expect(read(one!)).rejects.toMatchObject({ name: 'ServiceException' });
    await read(one!);
  });
});
