import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createDelegationTest } from '../fixtures/delegation.ts';
import type { DelegationTest } from '../fixtures/delegation.ts';
import { notifications, topicArn } from '../fixtures/partner.ts';
import { customerAccount, partnerAccount } from '../fixtures/world.ts';

const day = 24 * 3600;
let test: DelegationTest['test'];
let create: DelegationTest['create'];
let customer: DelegationTest['customer'];
let as: DelegationTest['as'];
let stored: DelegationTest['stored'];
let user: DelegationTest['user'];

beforeEach(async () => {
  ({ test, create, customer, as, stored, user } = await createDelegationTest());
});
afterEach(() => test.stop());

const states = async (): Promise<string[]> => (await notifications(test)).map(({ State, Type }) => `${Type} ${State}`);

describe('states and notifications', () => {
  it('D5: an approval by the API releases nothing; SendDelegationToken does, with two messages for FINALIZED, ordered by UpdatedAt', async () => {
    const id = await create();
    await customer('AssociateDelegationRequest', id);
    await customer('AcceptDelegationRequest', id);
    expect(stored(id)).toMatchObject({ state: 'ACCEPTED' });
    expect(stored(id)).not.toHaveProperty('token');
    await customer('SendDelegationToken', id);
    expect(await states()).toEqual(['StateChange ASSIGNED', 'StateChange ACCEPTED', 'StateChange FINALIZED', 'ExchangeToken FINALIZED']);
    const [assigned, accepted, finalized, token] = await notifications(test);
    expect(Object.keys(accepted!)).toEqual(['RequestorWorkflowId', 'Type', 'RequestId', 'State', 'OwnerAccountId', 'UpdatedAt']);
    expect(accepted).toMatchObject({ RequestorWorkflowId: 'workflow-1', RequestId: id, OwnerAccountId: customerAccount });
    expect(accepted!['UpdatedAt']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(accepted!['UpdatedAt']! > assigned!['UpdatedAt']! && finalized!['UpdatedAt']! > accepted!['UpdatedAt']!).toBe(true);
    expect(token!['ExchangeToken']).toMatch(/^eyJ/);
    expect(Date.parse(token!['ExpiresAt']!) - Date.parse(finalized!['UpdatedAt']!)).toBe(3600_000);
  });

  it('D3 OnlySendByOwner keeps the token until the owner releases it', async () => {
    const id = await create({ OnlySendByOwner: 'true' });
    const owner = await user('owner', 'iam:AssociateDelegationRequest');
    await as(owner, 'AssociateDelegationRequest', id);
    await as(owner, 'UpdateDelegationRequest', id);
    await customer('AcceptDelegationRequest', id);
    expect(stored(id).state).toBe('ACCEPTED');
    await expect(customer('SendDelegationToken', id)).rejects.toMatchObject({ code: 'AccessDenied' });
    await as(owner, 'SendDelegationToken', id);
    expect(await states()).toEqual([
      'StateChange ASSIGNED',
      'StateChange PENDING APPROVAL',
      'StateChange ACCEPTED',
      'StateChange FINALIZED',
      'ExchangeToken FINALIZED',
    ]);
  });

  it("D6 a rejection keeps its reason on the customer's side only", async () => {
    const id = await create();
    await customer('AssociateDelegationRequest', id);
    await customer('RejectDelegationRequest', id, { Notes: 'not now' });
    expect(await customer('GetDelegationRequest', id)).toMatchObject({
      DelegationRequest: { State: 'REJECTED', RejectionReason: 'not now' },
    });
    expect(JSON.stringify(await notifications(test))).not.toContain('not now');
  });

  it.each([
    ['UNASSIGNED', 1, []],
    ['ASSIGNED', 7, ['AssociateDelegationRequest']],
    ['PENDING_APPROVAL', 7, ['AssociateDelegationRequest', 'UpdateDelegationRequest']],
    ['REJECTED', 7, ['AssociateDelegationRequest', 'RejectDelegationRequest']],
    ['ACCEPTED', 7, ['AssociateDelegationRequest', 'AcceptDelegationRequest']],
    ['FINALIZED', 7, ['AssociateDelegationRequest', 'AcceptDelegationRequest', 'SendDelegationToken']],
  ])('D7 %s expires after %i days, late EXPIRED included', async (state, days, operations) => {
    const id = await create();
    for (const operation of operations) await customer(operation, id);
    test.advance(days * day - 5);
    expect(stored(id).state).toBe(state);
    test.advance(10);
    expect(stored(id).state).toBe('EXPIRED');
    const last = (await notifications(test)).at(-1);
    expect(last).toMatchObject({ State: 'EXPIRED', OwnerAccountId: customerAccount });
    expect(Date.parse(last!['UpdatedAt']!)).toBeLessThanOrEqual(test.world.now());
  });

  it('D10 two changes in one millisecond still differ in UpdatedAt, by which the partner orders them', async () => {
    vi.spyOn(test.world, 'now').mockReturnValue(Date.now());
    const id = await create();
    await customer('AssociateDelegationRequest', id);
    await customer('AcceptDelegationRequest', id);
    await customer('SendDelegationToken', id);
    const changes = (await notifications(test)).filter(({ Type }) => Type === 'StateChange').map(({ UpdatedAt }) => UpdatedAt);
    expect(new Set(changes).size).toBe(3);
  });

  it('D7 an expiry noticed late carries the moment at which it was due', async () => {
    const id = await create();
    const due = stored(id).expiresAt!;
    test.advance(30 * day);
    expect(stored(id).updatedAt).toBe(due);
  });

  it('an unclaimed request without owner account expires without naming one', async () => {
    await create({ OwnerAccountId: undefined });
    test.advance(day + 1);
    const [expired] = await notifications(test);
    expect(expired).toMatchObject({ State: 'EXPIRED' });
    expect(expired).not.toHaveProperty('OwnerAccountId');
  });

  it("says nothing when the topic's policy does not let IAM publish: the partner then waits in vain", async () => {
    await test.as(partnerAccount)('sns', 'SetTopicAttributes', {
      TopicArn: topicArn,
      AttributeName: 'Policy',
      AttributeValue: '{"Statement":[]}',
    });
    const id = await create();
    await customer('AssociateDelegationRequest', id);
    expect(await notifications(test)).toEqual([]);
  });

  it.each([
    ['AcceptDelegationRequest', [], 'ConcurrentModification'],
    ['RejectDelegationRequest', [], 'InvalidInput'],
    ['SendDelegationToken', ['AssociateDelegationRequest'], 'InvalidInput'],
    ['AssociateDelegationRequest', ['AssociateDelegationRequest'], 'InvalidInput'],
    ['UpdateDelegationRequest', ['AssociateDelegationRequest', 'RejectDelegationRequest'], 'InvalidInput'],
    ['AcceptDelegationRequest', ['AssociateDelegationRequest', 'RejectDelegationRequest'], 'ConcurrentModification'],
    ['RejectDelegationRequest', ['AssociateDelegationRequest', 'AcceptDelegationRequest', 'SendDelegationToken'], 'InvalidInput'],
    ['SendDelegationToken', ['AssociateDelegationRequest', 'AcceptDelegationRequest', 'SendDelegationToken'], 'InvalidInput'],
  ])('%s after %j is %s', async (operation, before, code) => {
    const id = await create();
    for (const step of before) await customer(step, id);
    await expect(customer(operation, id)).rejects.toMatchObject({ code });
  });
});
