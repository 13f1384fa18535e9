import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../core/caller.ts';
import { createDelegationTest } from '../fixtures/delegation.ts';
import type { DelegationTest } from '../fixtures/delegation.ts';
import { boundaryArn, notifications } from '../fixtures/partner.ts';
import { customerAccount, partnerAccount } from '../fixtures/world.ts';
import { stsState } from '../sts/state.ts';
import { revoke } from './index.ts';

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

const redeem = (
  TradeInToken: string,
  accountId = partnerAccount,
): Promise<{ Credentials: { AccessKeyId: string; Expiration: Date }; AssumedPrincipal: string }> =>
  test.as(accountId)('sts', 'GetDelegatedAccessToken', { TradeInToken });

describe('the exchange token', () => {
  async function finalized(approver?: Caller): Promise<{ id: string; token: string }> {
    const id = await create();
    await customer('AssociateDelegationRequest', id);
    await (approver ? as(approver, 'AcceptDelegationRequest', id) : customer('AcceptDelegationRequest', id));
    await customer('SendDelegationToken', id);
    return { id, token: stored(id).token!.value };
  }
  const callerOf = (accessKeyId: string): Caller => stsState.of(test.world).credentials.get(accessKeyId)!.caller;
  const createRole = (caller: Caller, RoleName = 'harvest', PermissionsBoundary?: string): Promise<unknown> =>
    test.world.invoke(
      'iam',
      'CreateRole',
      { RoleName, AssumeRolePolicyDocument: trust, ...(PermissionsBoundary ? { PermissionsBoundary } : {}) },
      caller,
    );
  const trust = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  });

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

  it("D4 gives the approver's rights, narrowed to the rendered policy with its boundary", async () => {
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
    expect(stsState.of(test.world).credentials.has(Credentials.AccessKeyId)).toBe(false);
    await expect(redeem(token)).rejects.toMatchObject({ code: 'AccessDenied' });
    expect(await notifications(test)).toHaveLength(before);
  });
});
