import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { administrator } from '../auth/credentials.ts';
import type { Caller } from '../core/caller.ts';
import { createDelegationTest } from '../fixtures/delegation.ts';
import type { DelegationTest } from '../fixtures/delegation.ts';
import { boundaryArn } from '../fixtures/partner.ts';
import { customerAccount, partnerAccount } from '../fixtures/world.ts';
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

describe('permissions on a delegation request', () => {
  it('hides a request with an owner account from everyone else, the partner too', async () => {
    const id = await create();
    for (const account of [partnerAccount, '444455556666']) {
      await expect(test.as(account)('iam', 'GetDelegationRequest', { DelegationRequestId: id })).rejects.toMatchObject({
        code: 'AccessDenied',
      });
      await expect(test.as(account)('iam', 'AssociateDelegationRequest', { DelegationRequestId: id })).rejects.toMatchObject({
        code: 'AccessDenied',
      });
    }
    expect(await customer('GetDelegationRequest', id)).toMatchObject({
      DelegationRequest: { RequestorName: 'Partner', RolePermissionRestrictionArns: [boundaryArn] },
    });
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
    await customer('SendDelegationToken', short);
    expect(() => revoke(test.world, short)).toThrow(/root/);
  });

  it('lists claimed requests page by page, and no unclaimed request', async () => {
    for (const number of [1, 2, 3]) {
      const id = await create({ RequestorWorkflowId: `workflow-${number}` });
      if (number > 1) await customer('AssociateDelegationRequest', id);
    }
    const list = test.as(customerAccount);
    const first = await list<{ DelegationRequests: object[]; isTruncated: boolean; Marker: string }>('iam', 'ListDelegationRequests', {
      MaxItems: '1',
    });
    expect(first).toMatchObject({ DelegationRequests: [{ State: 'ASSIGNED' }], isTruncated: true });
    const second = await list('iam', 'ListDelegationRequests', { MaxItems: '1', Marker: first.Marker });
    expect(second).toMatchObject({ DelegationRequests: [{ State: 'ASSIGNED' }], isTruncated: false });
  });

  it('warns an approver with too few rights beforehand, approximately', async () => {
    const id = await create();
    const weak = await user('weak', 'iam:GetDelegationRequest', 'iam:GetRole');
    const check = (caller: Caller): Promise<unknown> => as(caller, 'GetDelegationRequest', id, { DelegationPermissionCheck: 'true' });
    expect(await check(administrator(customerAccount))).toMatchObject({
      PermissionCheckStatus: 'COMPLETE',
      PermissionCheckResult: 'ALLOWED',
    });
    expect(await check(weak)).toMatchObject({ PermissionCheckResult: 'UNSURE' });
  });

  it('summarizes a request in words', async () => {
    const id = await create();
    const EntityArn = `arn:aws:iam::${customerAccount}:delegation-request/${id}`;
    const summary = await test.as(customerAccount)<Record<string, string>>('iam', 'GetHumanReadableSummary', { EntityArn });
    expect(summary).toMatchObject({ SummaryState: 'AVAILABLE', SummaryContent: expect.stringContaining('iam:CreateRole') });
  });
});
