/** D5: invitations, and accounts that move from one organization straight into another. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestWorld } from '../fixtures/world.ts';
import type { TestWorld } from '../fixtures/world.ts';
import { addOrganization, testRoot } from '../testing/organization.ts';
import { organizationOf } from './tree.ts';

const [first, second, member, outsider] = ['500000000001', '500000000002', '500000000003', '500000000004'] as const;
const day = 24 * 3600;

let world: TestWorld;
beforeEach(() => {
  world = createTestWorld();
  addOrganization(world.world, { managementAccountId: first, accounts: { [member]: testRoot } });
  addOrganization(world.world, { managementAccountId: second, accounts: {} });
});
afterEach(() => world.stop());

const call = (accountId: string, operation: string, input: object = {}) =>
  world.as(accountId)<{ Handshake: { Id: string; State: string } }>('organizations', operation, input as Record<string, unknown>);
async function invite(from: string, Id: string): Promise<{ HandshakeId: string }> {
  const { Handshake } = await call(from, 'InviteAccountToOrganization', { Target: { Id, Type: 'ACCOUNT' } });
  return { HandshakeId: Handshake.Id };
}

test('D5: an account of another organization lands in the new root, without its tags', async () => {
  await call(first, 'TagResource', { ResourceId: member, Tags: [{ Key: 'team', Value: 'a' }] });
  await expect(invite(second, member)).rejects.toMatchObject({
    code: 'ConstraintViolationException',
    members: { Reason: 'WAIT_PERIOD_ACTIVE' },
  });
  world.advance(7 * day + 1);
  const handshake = await invite(second, member);
  expect(organizationOf(world.world, member)!.managementAccountId).toBe(first);
  expect((await call(member, 'AcceptHandshake', handshake)).Handshake.State).toBe('ACCEPTED');
  expect(organizationOf(world.world, member)!.managementAccountId).toBe(second);
  await expect(call(first, 'DescribeAccount', { AccountId: member })).rejects.toMatchObject({ code: 'AccountNotFoundException' });
  expect(await call(second, 'DescribeAccount', { AccountId: member })).toMatchObject({
    Account: { Name: `Account ${member}`, JoinedMethod: 'INVITED', Paths: [`o-${second}/${testRoot}/${member}/`] },
  });
  expect(await call(second, 'ListTagsForResource', { ResourceId: member })).toEqual({ Tags: [] });
});

test('D5: an account that was created less than four days ago stays', async () => {
  await call(first, 'CreateAccount', { Email: 'new@example.com', AccountName: 'New' });
  await call(first, 'ListAccounts');
  const created = [...organizationOf(world.world, first)!.accounts.values()].find(({ name }) => name === 'New')!.id;
  await expect(call(created, 'LeaveOrganization')).rejects.toMatchObject({ members: { Reason: 'WAIT_PERIOD_ACTIVE' } });
  world.advance(4 * day + 1);
  await call(created, 'LeaveOrganization');
  expect(organizationOf(world.world, created)).toBeUndefined();
});

test('D5: an invitation is for the account alone, once, for 15 days', async () => {
  const handshake = await invite(first, outsider);
  await expect(invite(first, outsider)).rejects.toMatchObject({ code: 'DuplicateHandshakeException' });
  await expect(invite(first, member)).rejects.toMatchObject({ members: { Reason: 'ALREADY_IN_AN_ORGANIZATION' } });
  await expect(call(member, 'AcceptHandshake', handshake)).rejects.toMatchObject({ code: 'HandshakeNotFoundException' });
  world.advance(15 * day + 1);
  await expect(call(outsider, 'AcceptHandshake', handshake)).rejects.toMatchObject({ code: 'HandshakeAlreadyInStateException' });
  await expect(invite(first, outsider)).resolves.toBeDefined();
});

test('D5: a management account cannot leave by an invitation', async () => {
  world.advance(7 * day + 1);
  const handshake = await invite(second, first);
  await expect(call(first, 'AcceptHandshake', handshake)).rejects.toMatchObject({ code: 'MasterCannotLeaveOrganizationException' });
});
