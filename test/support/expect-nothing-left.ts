import { expect } from 'vitest';
import type { LeftInAccount } from '../../workflows/contracts/delegation-onboarding.ts';
import type { RequestResource, TestStack } from './stack.ts';

/**
 * D6, for every ending: the request shows how it ended, nothing of it is registered or kept, and the timeline names exactly
 * the resources left in the customer's account. Returns them.
 */
export async function expectNothingLeft(stack: TestStack, ended: RequestResource, accountId: string): Promise<LeftInAccount[]> {
  const { id, failure } = ended;
  expect(ended).toMatchObject({
    cloudId: null,
    organizationId: null,
    expiresAt: null,
    failure: { code: expect.any(String), message: expect.any(String) },
  });
  expect(ended.timeline!.find(({ type }) => type === ended.phase)).toMatchObject({
    message: failure!.message,
    detail: { code: failure!.code },
  });

  const [kept] = await stack.sql`
    select
      (select count(*)::int from clouds where delegation_request_id = ${id}) as clouds,
      (select count(*)::int from cloud_organizations where member_stack_set ->> 'name' = ${`muster-${id}`}) as organizations,
      (select count(*)::int from nicknames where owner_id = ${id}) as nicknames,
      (select count(*)::int from delegation_requests where id = ${id} and credential_set_id is not null) as credentials,
      (select count(*)::int from credential_sets s
        where split_part(s.role_arn, ':', 5) = ${accountId}
          and not exists (select 1 from delegation_requests r where r.credential_set_id = s.id)
          and not exists (select 1 from clouds c where c.credential_set_id = s.id)
          and not exists (select 1 from cloud_organizations o where o.credential_set_id = s.id)) as strays,
      (select count(*)::int from notification_inbox where request_id = ${id} and sealed_token is not null) as tokens`;
  expect(kept).toEqual({ clouds: 0, organizations: 0, nicknames: 0, credentials: 0, strays: 0, tokens: 0 });

  const stacks = (await stack.stacks(accountId)).filter(({ Tags }) => Tags?.some(({ Value }) => Value === id));
  const roles = await stack.ownRoles(accountId);
  const removals = ended.timeline!.filter(({ type }) => type === 'stack_removal');
  const named = removals.flatMap(({ detail }) => detail['leftInAccount'] as LeftInAccount[]);
  const stackSets = (await stack.stackSets(accountId)).filter((name) => name.endsWith(id));
  const left = [
    ...stackSets.map((name) => ({ type: 'AWS::CloudFormation::StackSet', name })),
    ...stacks.map(({ StackName }) => ({ type: 'AWS::CloudFormation::Stack', name: StackName })),
    ...roles.map((name) => ({ type: 'AWS::IAM::Role', name })),
  ];
  expect(new Set(named)).toEqual(new Set(left));
  expect(named).toHaveLength(left.length);
  return named;
}
