import { CreateStackCommand } from '@aws-sdk/client-cloudformation';
import {
  AcceptDelegationRequestCommand,
  SendDelegationTokenCommand,
  AssociateDelegationRequestCommand,
  AttachRolePolicyCommand,
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { delegationWorkflowId } from '../../workflows/contracts/delegation-onboarding.ts';
import { expectNothingLeft } from '../support/expect-nothing-left.ts';
import { TestStack, type RequestResource } from '../support/stack.ts';
import { waitFor } from '../support/wait-for.ts';

const pace = { iamPropagationMs: 500, stackStepMs: 50 };

let stack: TestStack;
beforeAll(async () => {
  stack = await TestStack.borrow();
});
afterAll(() => stack?.stop());
afterEach(async () => {
  await stack.control('PUT', '/limits', pace);
  await stack.control('PUT', '/notifications', {});
  await stack.control('DELETE', '/faults');
});

const ended = (request: RequestResource) => stack.phase(request.id, 'failed', 'rejected', 'expired', 'cancelled', 'completed');

/** Waits until the stack has made the role and is still at work on it. */
async function roleInTheMaking(request: RequestResource): Promise<void> {
  await waitFor('the role in the making', async () => {
    const { phase, timeline } = await stack.request(request.id);
    const isMade = timeline!.some(({ detail }) => detail['resourceType'] === 'AWS::IAM::Role' && detail['physicalResourceId']);
    return phase === 'deploying' && isMade;
  });
}

/** Asks, approves, and stops where the role stands but does not accept anybody yet. */
async function askUntilVerifying(account: string): Promise<RequestResource> {
  await stack.control('PUT', '/limits', { iamPropagationMs: 60_000 });
  const request = await stack.ask(account);
  await stack.approve(request, account);
  await stack.phase(request.id, 'verifying');
  return request;
}

describe('D6: people', () => {
  it('D9: a rejection ends it, and the same settings can be sent again under the nickname rules', async () => {
    const account = stack.newAccount();
    const request = await stack.ask(account);
    const resend = (id: string, fields: Record<string, unknown> = {}) =>
      stack.api.post<RequestResource>(`/v1/delegation-requests/${id}/resend`, fields);
    await expect(resend(request.id)).rejects.toThrow(/409.*still running/);
    await stack.press('reject', request.awsRequestId!);
    const done = await ended(request);
    expect(done).toMatchObject({ phase: 'rejected', awsState: 'rejected', failure: { code: 'rejected' } });
    expect(await expectNothingLeft(stack, done, account)).toEqual([]);

    const other = await stack.ask(stack.newAccount(), { nickname: `ACCOUNT ${account}` });
    await expect(resend(request.id)).rejects.toThrow(/409.*in use/);
    await stack.api.post(`/v1/delegation-requests/${other.id}/cancel`, {});
    const again = await resend(request.id);
    expect(again).toMatchObject({ nickname: `Account ${account}`, phase: 'requested', awsState: 'unassigned' });
    await expect(resend(request.id)).rejects.toThrow(/409.*already resent/);
    await stack.approve(again, account);
    expect((await ended(again)).phase).toBe('completed');
  });

  it('D9: cancelled while the stack deploys, the stack goes', async () => {
    await stack.control('PUT', '/limits', { stackStepMs: 1_500 });
    const account = stack.newAccount();
    const request = await stack.ask(account);
    await stack.approve(request, account);
    await roleInTheMaking(request);
    await stack.api.post(`/v1/delegation-requests/${request.id}/cancel`, {});
    const done = await ended(request);
    expect(done).toMatchObject({ phase: 'cancelled', failure: { code: 'cancelled' }, stack: { status: 'DELETE_COMPLETE' } });
    expect(await expectNothingLeft(stack, done, account)).toEqual([]);
  });

  it('D9: cancelled in the Temporal UI while the role is proven; a role that cannot be deleted is named', async () => {
    const account = stack.newAccount();
    const request = await askUntilVerifying(account);
    const iam = stack.iam(account);
    // IAM deletes no role that has policies which the template does not know of.
    const policy = { RoleName: 'MusterHarvesting', PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' };
    await iam.send(new AttachRolePolicyCommand(policy));
    iam.destroy();
    await stack.temporal.workflow.getHandle(delegationWorkflowId(request.id)).cancel();
    const done = await ended(request);
    expect(done).toMatchObject({ phase: 'cancelled', stack: { status: 'DELETE_FAILED' } });
    expect(await expectNothingLeft(stack, done, account)).toEqual([
      { type: 'AWS::CloudFormation::Stack', name: `muster-${request.id}` },
      { type: 'AWS::IAM::Role', name: 'MusterHarvesting' },
    ]);
    const removal = done.timeline!.find(({ type }) => type === 'stack_removal');
    expect(removal!.message).toContain('Cannot delete entity, must detach all policies first');
  });
});

describe('D6: the stack', () => {
  it('a stack of the same name that Muster did not create is neither used nor deleted', async () => {
    const account = stack.newAccount();
    const request = await stack.ask(account);
    const cloudFormation = stack.cloudFormation(account);
    const template = { Resources: { Topic: { Type: 'AWS::SNS::Topic' } } };
    await cloudFormation.send(new CreateStackCommand({ StackName: `muster-${request.id}`, TemplateBody: JSON.stringify(template) }));
    cloudFormation.destroy();
    await waitFor('the other stack', async () => (await stack.stacks(account))[0]?.StackStatus === 'CREATE_COMPLETE');
    await stack.approve(request, account);
    const done = await ended(request);
    expect(done).toMatchObject({ phase: 'failed', failure: { code: 'stack_name_taken' }, stack: null });
    expect(await expectNothingLeft(stack, done, account)).toEqual([]);
    expect((await stack.stacks(account)).map(({ StackStatus }) => StackStatus)).toEqual(['CREATE_COMPLETE']);
  });

  it('delegated access without permission to create stacks is reported as the reason', async () => {
    const account = stack.newAccount();
    const fault = { service: 'cloudformation', operation: 'CreateStack', accountId: account, kind: 'access_denied' };
    await stack.control('POST', '/faults', fault);
    const request = await stack.ask(account);
    await stack.approve(request, account);
    const done = await ended(request);
    expect(done).toMatchObject({ phase: 'failed', failure: { code: 'delegated_access_insufficient' } });
    expect(await expectNothingLeft(stack, done, account)).toEqual([]);
  });

  it('missing permission of the approver to create roles is reported with CloudFormation’s first reason, and the stack is removed', async () => {
    const account = stack.newAccount();
    const request = await stack.ask(account);
    await approveAsJunior(account, request.awsRequestId!);
    const done = await ended(request);
    expect(done).toMatchObject({
      phase: 'failed',
      failure: { code: 'delegated_access_insufficient', message: expect.stringMatching(/HarvestingRole: .*iam:CreateRole/) },
      stack: { status: 'DELETE_COMPLETE' },
    });
    expect(await expectNothingLeft(stack, done, account)).toEqual([]);
  });

  it('D12: a role that accepts Muster without its external id is not registered, and goes', async () => {
    const account = stack.newAccount();
    const request = await askUntilVerifying(account);
    const role = await stack.role(account, 'MusterHarvesting');
    const trust = JSON.parse(decodeURIComponent(role!.AssumeRolePolicyDocument!)) as { Statement: { Condition?: unknown }[] };
    delete trust.Statement[0]!.Condition;
    await stack.control('PUT', '/limits', pace);
    const iam = stack.iam(account);
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'MusterHarvesting', PolicyDocument: JSON.stringify(trust) }));
    iam.destroy();
    const done = await ended(request);
    expect(done).toMatchObject({ phase: 'failed', failure: { code: 'external_id_not_enforced' } });
    expect(await expectNothingLeft(stack, done, account)).toEqual([]);
  });

  it('D13: an account that was listed in mid-onboarding stays as it was listed, and our stack goes', async () => {
    const account = stack.newAccount();
    const request = await stack.ask(account);
    await stack.sql`insert into credential_sets (id, role_arn, sealed, key_id) values (${request.id}, 'arn', '', 'k')`;
    await stack.sql`
      insert into clouds (id, partition, account_id, role_arn, credential_set_id)
      values (${request.id}, 'aws', ${account}, 'arn', ${request.id})`;
    await stack.approve(request, account);
    const done = await ended(request);
    expect(done).toMatchObject({ phase: 'failed', failure: { code: 'account_exists' }, stack: { status: 'DELETE_COMPLETE' } });
    expect(await expectNothingLeft(stack, done, account)).toEqual([]);
    expect(await stack.sql`select id from clouds where account_id = ${account}`).toEqual([{ id: request.id }]);
  });
});

// These move the sandbox's clock, so nothing that waits comes after them.
describe('D6: the delegated session', () => {
  it.each([
    ['revoked', (request: RequestResource) => stack.press('revoke', request.awsRequestId!)],
    ['over', () => stack.control('PUT', '/clock', { advanceSeconds: 3_700 })],
  ])('is %s while the stack deploys: the timeline names the resources that can no longer be removed', async (_what, end) => {
    await stack.control('PUT', '/limits', { stackStepMs: 1_500 });
    const account = stack.newAccount();
    const request = await stack.ask(account);
    await stack.approve(request, account);
    await roleInTheMaking(request);
    await end(request);
    const done = await ended(request);
    expect(done).toMatchObject({ phase: 'failed', failure: { code: 'session_ended' } });
    expect(await expectNothingLeft(stack, done, account)).toEqual([
      { type: 'AWS::CloudFormation::Stack', name: `muster-${request.id}` },
      { type: 'AWS::IAM::Role', name: 'MusterHarvesting' },
    ]);
  });

  it.each([
    ['was revoked', 'token_refused', (request: RequestResource) => stack.press('revoke', request.awsRequestId!)],
    ['was over', 'token_expired', () => stack.control('PUT', '/clock', { advanceSeconds: 3_700 })],
  ])('%s before the token reached us: nothing was begun, and nothing is left', async (_what, code, end) => {
    const account = stack.newAccount();
    const request = await stack.ask(account);
    await stack.control('PUT', '/notifications', { hold: true });
    await stack.approve(request, account);
    await end(request);
    await stack.control('PUT', '/notifications', {});
    await stack.control('POST', '/notifications/release');
    const done = await ended(request);
    expect(done).toMatchObject({ phase: 'failed', failure: { code }, stack: null });
    expect(await expectNothingLeft(stack, done, account)).toEqual([]);
  });

  it.each(['assigned', 'pending_approval'] as const)('D7: AWS ends a request that was left %s for a week', async (state) => {
    const account = stack.newAccount();
    const request = await stack.ask(account);
    const approver = stack.approver(account);
    await approver.takeUp(request.awsRequestId!);
    if (state === 'pending_approval') await approver.forward(request.awsRequestId!);
    approver.close();
    await waitFor(state, async () => (await stack.request(request.id)).awsState === state);
    await stack.control('PUT', '/clock', { advanceSeconds: 7 * 24 * 3_600 + 60 });
    const done = await ended(request);
    expect(done).toMatchObject({ phase: 'expired', awsState: 'expired', failure: { code: 'expired' } });
    expect(await expectNothingLeft(stack, done, account)).toEqual([]);
  });
});

/** Approves as a person who may answer requests and run stacks, and nothing else. */
async function approveAsJunior(accountId: string, DelegationRequestId: string): Promise<void> {
  const UserName = 'junior';
  const administrator = stack.iam(accountId);
  await administrator.send(new CreateUserCommand({ UserName }));
  const Statement = [{ Effect: 'Allow', Action: ['iam:*DelegationRequest', 'iam:SendDelegationToken', 'cloudformation:*'], Resource: '*' }];
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  await administrator.send(new PutUserPolicyCommand({ UserName, PolicyName: 'answers', PolicyDocument }));
  const { AccessKey } = await administrator.send(new CreateAccessKeyCommand({ UserName }));
  administrator.destroy();
  const credentials = { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
  const junior = new IAMClient({ endpoint: stack.info.awsEndpointUrl, region: 'us-east-1', credentials });
  // IAM needs a moment until it knows what the new user may do.
  await waitFor('the junior to be known', () => junior.send(new AssociateDelegationRequestCommand({ DelegationRequestId })));
  await waitFor('the junior to be known', () => junior.send(new AcceptDelegationRequestCommand({ DelegationRequestId })));
  await junior.send(new SendDelegationTokenCommand({ DelegationRequestId }));
  junior.destroy();
}
