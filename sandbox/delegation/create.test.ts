import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDelegationTest } from '../fixtures/delegation.ts';
import type { DelegationTest } from '../fixtures/delegation.ts';
import { requestInput } from '../fixtures/partner.ts';
import { customerAccount, partnerAccount } from '../fixtures/world.ts';

let test: DelegationTest['test'];
let create: DelegationTest['create'];

beforeEach(async () => {
  ({ test, create } = await createDelegationTest());
});
afterEach(() => test.stop());

describe('creating', () => {
  it("answers a link and an id within AWS's sizes", async () => {
    const answer = await test.as(partnerAccount)<Record<string, string>>('iam', 'CreateDelegationRequest', requestInput());
    expect(answer['DelegationRequestId']).toMatch(/^[\w-]{16,128}$/);
    expect(answer['ConsoleDeepLink']!.length).toBeLessThanOrEqual(255);
  });

  it('refuses a workflow id that was used before, so that a blind retry after a time-out fails as in AWS', async () => {
    await create();
    await expect(create()).rejects.toMatchObject({ code: 'EntityAlreadyExists', status: 409 });
  });

  const withParameters = (...Parameters: object[]): Record<string, unknown> => ({
    Permissions: { ...(requestInput()['Permissions'] as object), Parameters },
  });
  it.each([
    ['no description', { Description: undefined }, 'ValidationError'],
    ['a long description', { Description: 'x'.repeat(1001) }, 'ValidationError'],
    ['a message over 200 characters', { RequestMessage: 'x'.repeat(201) }, 'ValidationError'],
    ['a message beyond Latin-1', { RequestMessage: '→' }, 'ValidationError'],
    ['a short workflow id', { RequestorWorkflowId: 'abcd' }, 'ValidationError'],
    ['a session under 300 s', { SessionDuration: 299 }, 'ValidationError'],
    ['a session over 12 h', { SessionDuration: 43_201 }, 'ValidationError'],
    ['a redirect with a port', { RedirectUrl: 'http://localhost:3000/cb' }, 'ValidationError'],
    ['a redirect with escapes', { RedirectUrl: 'https://partner.example/a%20b' }, 'ValidationError'],
    ['an account id of 11 digits', { OwnerAccountId: '12345678901' }, 'ValidationError'],
    ['a parameter name of 4 characters', withParameters({ Name: 'Role', Values: ['x'], Type: 'string' }), 'ValidationError'],
    ["the prose's spelling of a type", withParameters({ Name: 'AccountId', Values: ['x'], Type: 'String' }), 'ValidationError'],
    ['a missing parameter', withParameters({ Name: 'AccountId', Values: ['x'], Type: 'string' }), 'InvalidInput'],
    ['an unknown template', { Permissions: { PolicyTemplateArn: 'arn:aws:iam::partner:policy-template/none' } }, 'InvalidInput'],
    ['a topic of another account', { NotificationChannel: 'arn:aws:sns:us-east-1:444455556666:t' }, 'InvalidInput'],
    ['a topic in an opt-in Region', { NotificationChannel: `arn:aws:sns:af-south-1:${partnerAccount}:t` }, 'InvalidInput'],
  ])('refuses %s', async (_name, changes, code) => {
    await expect(create(changes)).rejects.toMatchObject({ code });
  });

  it('is for registered partners only', async () => {
    await expect(test.as(customerAccount)('iam', 'CreateDelegationRequest', requestInput())).rejects.toMatchObject({
      code: 'AccessDenied',
      status: 403,
    });
  });
});
