import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { administrator } from '../auth/credentials.ts';
import type { Caller } from '../core/types.ts';
import { boundaryArn, notifications, requestInput, setUpPartner, topicArn } from '../testing/partner.ts';
import { createTestWorld, customerAccount, partnerAccount } from '../testing/world.ts';
import type { TestWorld } from '../testing/world.ts';
import { revoke, start } from './index.ts';
import type { StoredDelegationRequest } from './state.ts';

const day = 24 * 3600;
let test: TestWorld;
let stop: () => void;

beforeEach(async () => {
  test = createTestWorld();
  stop = start(test.world);
  await setUpPartner(test);
});
afterEach(() => {
  stop();
  test.stop();
});

async function create(changes: Record<string, unknown> = {}): Promise<string> {
  const input = Object.fromEntries(Object.entries({ ...requestInput(), ...changes }).filter(([, value]) => value !== undefined));
  const answer = await test.as(partnerAccount)<{ DelegationRequestId: string }>('iam', 'CreateDelegationRequest', input);
  return answer.DelegationRequestId;
}
const customer = (operation: string, DelegationRequestId: string, more: Record<string, unknown> = {}): Promise<Record<string, unknown>> =>
  test.as(customerAccount)('iam', operation, { DelegationRequestId, ...more });
const stored = (id: string): StoredDelegationRequest => test.world.state.delegation.requests.get(id)!;
const states = async (): Promise<string[]> => (await notifications(test)).map(({ State, Type }) => `${Type} ${State}`);
const redeem = (TradeInToken: string, accountId = partnerAccount): Promise<{ Credentials: { AccessKeyId: string; Expiration: Date }; AssumedPrincipal: string }> =>
  test.as(accountId)('sts', 'GetDelegatedAccessToken', { TradeInToken });

/** An IAM user of the customer with these permissions. */
async function user(name: string, ...actions: string[]): Promise<Caller> {
  const as = test.as(customerAccount);
  const { User } = await as<{ User: { Arn: string; UserId: string } }>('iam', 'CreateUser', { UserName: name });
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] });
  await as('iam', 'PutUserPolicy', { UserName: name, PolicyName: 'p', PolicyDocument });
  return { accountId: customerAccount, arn: User.Arn, userId: User.UserId, principalArn: User.Arn, kind: 'user', sessionPolicies: [] };
}
const as = (caller: Caller, operation: string, DelegationRequestId: string): Promise<unknown> =>
  test.world.invoke('iam', operation, { DelegationRequestId }, caller);

describe('states and notifications (aws-facts §1.1, §1.3)', () => {
  it('D3 an approval releases the token at once, with two messages for FINALIZED, ordered by UpdatedAt', async () => {
    const id = await create();
    await customer('AssociateDelegationRequest', id);
    await customer('AcceptDelegationRequest', id);
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
    expect(await states()).toEqual(['StateChange ASSIGNED', 'StateChange PENDING APPROVAL', 'StateChange ACCEPTED', 'StateChange FINALIZED', 'ExchangeToken FINALIZED']);
  });

  it('D6 a rejection keeps its reason on the customer\'s side only', async () => {
    const id = await create();
    await customer('AssociateDelegationRequest', id);
    await customer('RejectDelegationRequest', id, { Notes: 'not now' });
    expect(await customer('GetDelegationRequest', id)).toMatchObject({ DelegationRequest: { State: 'REJECTED', RejectionReason: 'not now' } });
    expect(JSON.stringify(await notifications(test))).not.toContain('not now');
  });

  it.each([
    ['UNASSIGNED', 1, []],
    ['ASSIGNED', 7, ['AssociateDelegationRequest']],
    ['PENDING_APPROVAL', 7, ['AssociateDelegationRequest', 'UpdateDelegationRequest']],
    ['REJECTED', 7, ['AssociateDelegationRequest', 'RejectDelegationRequest']],
    ['FINALIZED', 7, ['AssociateDelegationRequest', 'AcceptDelegationRequest']],
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

  it('an unclaimed request without owner account expires without naming one', async () => {
    await create({ OwnerAccountId: undefined });
    test.advance(day + 1);
    const [expired] = await notifications(test);
    expect(expired).toMatchObject({ State: 'EXPIRED' });
    expect(expired).not.toHaveProperty('OwnerAccountId');
  });

  it('says nothing when the topic\'s policy does not let IAM publish: the partner then waits in vain', async () => {
    await test.as(partnerAccount)('sns', 'SetTopicAttributes', { TopicArn: topicArn, AttributeName: 'Policy', AttributeValue: '{"Statement":[]}' });
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
    ['RejectDelegationRequest', ['AssociateDelegationRequest', 'AcceptDelegationRequest'], 'InvalidInput'],
  ])('%s after %j is %s', async (operation, before, code) => {
    const id = await create();
    for (const step of before) await customer(step, id);
    await expect(customer(operation, id)).rejects.toMatchObject({ code });
  });
});

describe('creating (aws-facts §1.7)', () => {
  it('answers a link and an id within AWS\'s sizes', async () => {
    const answer = await test.as(partnerAccount)<Record<string, string>>('iam', 'CreateDelegationRequest', requestInput());
    expect(answer['DelegationRequestId']).toMatch(/^[\w-]{16,128}$/);
    expect(answer['ConsoleDeepLink']!.length).toBeLessThanOrEqual(255);
  });

  it('refuses a workflow id that was used before, so that a blind retry after a time-out fails as in AWS', async () => {
    await create();
    await expect(create()).rejects.toMatchObject({ code: 'EntityAlreadyExists', status: 409 });
  });

  const withParameters = (...Parameters: object[]): Record<string, unknown> => ({ Permissions: { ...(requestInput()['Permissions'] as object), Parameters } });
  it.each([
    ['no description', { Description: undefined }, 'ValidationError'],
    ['a long description', { Description: 'x'.repeat(1001) }, 'ValidationError'],
    ['a message over 200 characters', { RequestMessage: 'x'.repeat(201) }, 'ValidationError'],
    ['a message beyond Latin-1', { RequestMessage: '→' }, 'ValidationError'],
    ['a short workflow id', { RequestorWorkflowId: 'abcd' }, 'ValidationError'],
    ['a session under 300 s', { SessionDuration: 299 }, 'ValidationError'],
    ['a session over 12 h', { SessionDuration: 43_201 }, 'ValidationError'],
    ['a redirect with a port', { RedirectUrl: 'http://localhost:3000/cb' }, 'ValidationError'],
    ['a redirect with escapes', { RedirectUrl: 'https://muster.example/a%20b' }, 'ValidationError'],
    ['an account id of 11 digits', { OwnerAccountId: '12345678901' }, 'ValidationError'],
    ['a parameter name of 4 characters', withParameters({ Name: 'Role', Values: ['x'], Type: 'string' }), 'ValidationError'],
    ['the prose\'s spelling of a type', withParameters({ Name: 'AccountId', Values: ['x'], Type: 'String' }), 'ValidationError'],
    ['a missing parameter', withParameters({ Name: 'AccountId', Values: ['x'], Type: 'string' }), 'InvalidInput'],
    ['an unknown template', { Permissions: { PolicyTemplateArn: 'arn:aws:iam::partner:policy-template/none' } }, 'InvalidInput'],
    ['a topic of another account', { NotificationChannel: 'arn:aws:sns:us-east-1:444455556666:t' }, 'InvalidInput'],
    ['a topic in an opt-in Region', { NotificationChannel: `arn:aws:sns:af-south-1:${partnerAccount}:t` }, 'InvalidInput'],
  ])('refuses %s', async (_name, changes, code) => {
    await expect(create(changes)).rejects.toMatchObject({ code });
  });

  it('is for registered partners only', async () => {
    await expect(test.as(customerAccount)('iam', 'CreateDelegationRequest', requestInput())).rejects.toMatchObject({ code: 'AccessDenied', status: 403 });
  });
});

describe('who may do what (aws-facts §1.2, §1.10)', () => {
  it('hides a request with an owner account from everyone else, the partner too', async () => {
    const id = await create();
    for (const account of [partnerAccount, '444455556666']) {
      await expect(test.as(account)('iam', 'GetDelegationRequest', { DelegationRequestId: id })).rejects.toMatchObject({ code: 'AccessDenied' });
      await expect(test.as(account)('iam', 'AssociateDelegationRequest', { DelegationRequestId: id })).rejects.toMatchObject({ code: 'AccessDenied' });
    }
    expect(await customer('GetDelegationRequest', id)).toMatchObject({ DelegationRequest: { RequestorName: 'Partner', RolePermissionRestrictionArns: [boundaryArn] } });
  });

  it('lets any account claim a request without one, and only the first', async () => {
    const id = await create({ OwnerAccountId: undefined });
    await test.as('444455556666')('iam', 'AssociateDelegationRequest', { DelegationRequestId: id });
    await expect(customer('GetDelegationRequest', id)).rejects.toMatchObject({ code: 'AccessDenied' });
    expect(stored(id).ownerAccountId).toBe('444455556666');
  });

  it('gives the claimer everything by default except accepting', async () => {
    const id = await create();
    const owner = await user('owner', 'iam:AssociateDelegationRequest');
    const other = await user('other', 'iam:AssociateDelegationRequest');
    await as(owner, 'AssociateDelegationRequest', id);
    await as(owner, 'GetDelegationRequest', id);
    await expect(as(other, 'GetDelegationRequest', id)).rejects.toMatchObject({ code: 'AccessDenied' });
    await expect(as(owner, 'AcceptDelegationRequest', id)).rejects.toMatchObject({ code: 'AccessDenied' });
    await as(owner, 'RejectDelegationRequest', id);
  });

  it('lets the root user approve up to four hours only, and an administrator longer', async () => {
    const root: Caller = { ...administrator(customerAccount), kind: 'user' };
    const id = await create({ SessionDuration: 4 * 3600 + 1 });
    await customer('AssociateDelegationRequest', id);
    await expect(as(root, 'AcceptDelegationRequest', id)).rejects.toMatchObject({ code: 'AccessDenied' });
    await customer('AcceptDelegationRequest', id);
    const short = await create({ RequestorWorkflowId: 'workflow-2' });
    await customer('AssociateDelegationRequest', short);
    await as(root, 'AcceptDelegationRequest', short);
    expect(() => revoke(test.world, short)).toThrow(/root/);
  });

  it('lists claimed requests page by page, not those that still wait to be claimed', async () => {
    for (const number of [1, 2, 3]) {
      const id = await create({ RequestorWorkflowId: `workflow-${number}` });
      if (number > 1) await customer('AssociateDelegationRequest', id);
    }
    const list = test.as(customerAccount);
    const first = await list<{ DelegationRequests: object[]; isTruncated: boolean; Marker: string }>('iam', 'ListDelegationRequests', { MaxItems: '1' });
    expect(first).toMatchObject({ DelegationRequests: [{ State: 'ASSIGNED' }], isTruncated: true });
    const second = await list('iam', 'ListDelegationRequests', { MaxItems: '1', Marker: first.Marker });
    expect(second).toMatchObject({ DelegationRequests: [{ State: 'ASSIGNED' }], isTruncated: false });
  });

  it('tells an approver with too few rights beforehand, approximately', async () => {
    const id = await create();
    const weak = await user('weak', 'iam:GetDelegationRequest', 'iam:GetRole');
    const check = (caller: Caller): Promise<unknown> => test.world.invoke('iam', 'GetDelegationRequest', { DelegationRequestId: id, DelegationPermissionCheck: 'true' }, caller);
    expect(await check(administrator(customerAccount))).toMatchObject({ PermissionCheckStatus: 'COMPLETE', PermissionCheckResult: 'ALLOWED' });
    expect(await check(weak)).toMatchObject({ PermissionCheckResult: 'UNSURE' });
  });

  it('summarizes a request in words', async () => {
    const id = await create();
    const EntityArn = `arn:aws:iam::${customerAccount}:delegation-request/${id}`;
    const summary = await test.as(customerAccount)<Record<string, string>>('iam', 'GetHumanReadableSummary', { EntityArn });
    expect(summary).toMatchObject({ SummaryState: 'AVAILABLE', SummaryContent: expect.stringContaining('iam:CreateRole') });
  });
});

describe('the exchange token (aws-facts §1.4, §1.5)', () => {
  async function finalized(approver?: Caller): Promise<{ id: string; token: string }> {
    const id = await create();
    await customer('AssociateDelegationRequest', id);
    await (approver ? as(approver, 'AcceptDelegationRequest', id) : customer('AcceptDelegationRequest', id));
    return { id, token: stored(id).token!.value };
  }
  const callerOf = (accessKeyId: string): Caller => test.world.state.sts.credentials.get(accessKeyId)!.caller;
  const createRole = (caller: Caller, RoleName = 'harvest', PermissionsBoundary?: string): Promise<unknown> =>
    test.world.invoke('iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument: trust, ...(PermissionsBoundary ? { PermissionsBoundary } : {}) }, caller);
  const trust = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }] });

  it('is redeemable many times; every credential ends at the same moment, then the token is expired', async () => {
    const { token } = await finalized();
    const first = await redeem(token);
    test.advance(1800);
    const second = await redeem(token);
    expect(second.Credentials.Expiration).toEqual(first.Credentials.Expiration);
    expect(second.Credentials.AccessKeyId).not.toBe(first.Credentials.AccessKeyId);
    test.advance(1801);
    await expect(redeem(token)).rejects.toMatchObject({ code: 'ExpiredTradeInTokenException', status: 400 });
  });

  it('is worthless to another account, and when changed', async () => {
    const { token } = await finalized();
    await expect(redeem(token, '444455556666')).rejects.toMatchObject({ code: 'InvalidParameterValue' });
    await expect(redeem(`${token}x`)).rejects.toMatchObject({ code: 'InvalidParameterValue' });
  });

  it('D4 gives the approver\'s rights, narrowed to the rendered policy with its boundary', async () => {
    const { token } = await finalized();
    const { Credentials, AssumedPrincipal } = await redeem(token);
    expect(AssumedPrincipal).toBe(`arn:aws:iam::${customerAccount}:root`);
    const delegated = callerOf(Credentials.AccessKeyId);
    expect(delegated).toMatchObject({ accountId: customerAccount, kind: 'delegated', invokedByDelegate: partnerAccount });
    await expect(createRole(delegated)).rejects.toMatchObject({ code: 'AccessDenied' });
    await expect(createRole(delegated, 'other', boundaryArn)).rejects.toMatchObject({ code: 'AccessDenied' });
    await createRole(delegated, 'harvest', boundaryArn);
  });

  it('never gives more than the approver has: approval succeeds, the right is silently missing', async () => {
    const weak = await user('weak', 'iam:AcceptDelegationRequest', 'iam:GetRole');
    const { token } = await finalized(weak);
    const { Credentials } = await redeem(token);
    await expect(createRole(callerOf(Credentials.AccessKeyId), 'harvest', boundaryArn)).rejects.toMatchObject({ code: 'AccessDenied' });
  });

  it('ends at once when the customer revokes, without a notification', async () => {
    const { id, token } = await finalized();
    const { Credentials } = await redeem(token);
    const before = (await notifications(test)).length;
    revoke(test.world, id);
    expect(test.world.state.sts.credentials.has(Credentials.AccessKeyId)).toBe(false);
    await expect(redeem(token)).rejects.toMatchObject({ code: 'AccessDenied' });
    expect(await notifications(test)).toHaveLength(before);
  });
});
