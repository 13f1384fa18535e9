/** A world with a registered partner and its customer, for tests of delegation. */
import type { Caller } from '../core/types.ts';
import type { StoredDelegationRequest } from '../delegation/state.ts';
import { requestInput, setUpPartner } from './partner.ts';
import { createTestWorld, customerAccount, partnerAccount } from './world.ts';
import type { TestWorld } from './world.ts';

export interface DelegationTest {
  test: TestWorld;
  /** Creates a request as the partner; a change to undefined leaves the field out. Answers its id. */
  create(changes?: Record<string, unknown>): Promise<string>;
  /** Runs an operation on a request as the customer's administrator. */
  customer(operation: string, DelegationRequestId: string, more?: Record<string, unknown>): Promise<Record<string, unknown>>;
  /** Runs an operation on a request as someone else. */
  as(caller: Caller, operation: string, DelegationRequestId: string, more?: Record<string, unknown>): Promise<unknown>;
  stored(id: string): StoredDelegationRequest;
  /** Makes an IAM user of the customer who may do these actions on everything. */
  user(name: string, ...actions: string[]): Promise<Caller>;
}

export async function createDelegationTest(): Promise<DelegationTest> {
  const test = createTestWorld();
  await setUpPartner(test);
  return {
    test,
    async create(changes = {}) {
      const input = Object.fromEntries(Object.entries({ ...requestInput(), ...changes }).filter(([, value]) => value !== undefined));
      const answer = await test.as(partnerAccount)<{ DelegationRequestId: string }>('iam', 'CreateDelegationRequest', input);
      return answer.DelegationRequestId;
    },
    customer: (operation, DelegationRequestId, more = {}) => test.as(customerAccount)('iam', operation, { DelegationRequestId, ...more }),
    as: (caller, operation, DelegationRequestId, more = {}) =>
      test.world.invoke('iam', operation, { DelegationRequestId, ...more }, caller),
    stored: (id) => test.world.state.delegation.requests.get(id)!,
    async user(name, ...actions) {
      const admin = test.as(customerAccount);
      const { User } = await admin<{ User: { Arn: string; UserId: string } }>('iam', 'CreateUser', { UserName: name });
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] });
      await admin('iam', 'PutUserPolicy', { UserName: name, PolicyName: 'p', PolicyDocument });
      return { accountId: customerAccount, arn: User.Arn, userId: User.UserId, principalArn: User.Arn, kind: 'user', sessionPolicies: [] };
    },
  };
}
