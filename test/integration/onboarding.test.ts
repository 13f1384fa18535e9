import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { delegationWorkflowId } from '../../workflows/contracts/delegation-onboarding.ts';
import { expectNothingLeft } from '../support/expect-nothing-left.ts';
import { TestStack, externalIdOf } from '../support/stack.ts';
import { waitFor } from '../support/wait-for.ts';

let stack: TestStack;
beforeAll(async () => {
  stack = await TestStack.borrow();
});
afterAll(() => stack?.stop());

const boundary = 'arn:aws:iam::partner:policy/permission_boundary/muster.example/harvest-boundary_20261129';

describe('an account by temporary delegation, through real Postgres, Temporal and the sandbox', () => {
  it('D2, D3, D4, D12: asked, approved, deployed, proven, listed', async () => {
    const account = stack.newAccount();
    const request = await stack.ask(account);
    expect(request).toMatchObject({ phase: 'requested', awsState: 'unassigned', cloudId: null });
    expect(request.consoleUrl).toContain(request.awsRequestId!);
    await stack.approve(request, account);
    const done = await stack.phase(request.id, 'completed', 'failed');
    expect(done).toMatchObject({ phase: 'completed', awsState: 'finalized', failure: null, stack: { status: 'CREATE_COMPLETE' } });

    const role = await stack.role(account, 'MusterHarvesting');
    expect(role?.PermissionsBoundary?.PermissionsBoundaryArn).toBe(boundary);
    expect(externalIdOf(role!)).toMatch(/^[\w-]{40,}$/);

    const { items } = await stack.api.get<{ items: Record<string, unknown>[] }>(`/v1/clouds?search=${account}`);
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({
      id: done.cloudId,
      accountId: account,
      status: 'ok',
      managed: false,
      roleArn: role!.Arn,
      nickname: `Account ${account}`,
    });
    expect(done.timeline!.map((entry) => entry.type)).toEqual(
      expect.arrayContaining(['requested', 'created', 'aws_state', 'exchange_token', 'stack_event', 'verified', 'completed']),
    );
    expect(done.timeline!.map((entry) => entry.id)).toEqual(done.timeline!.map((_entry, index) => index + 1));
  });

  it('D8: the stream sends the same entries as the timeline, and ends', async () => {
    const account = stack.newAccount();
    const request = await stack.ask(account);
    const told: number[] = [];
    const watching = (async () => {
      for await (const { event, data } of stack.api.events(`/v1/delegation-requests/${request.id}/events`)) {
        if (event === 'timeline') told.push((data as { id: number }).id);
      }
    })();
    await stack.approve(request, account);
    await watching;
    const { timeline } = await stack.request(request.id);
    expect(told).toEqual(timeline!.map((entry) => entry.id));
  });

  it('S5: the Temporal UI shows what a waiting run waits for, and until when', async () => {
    const account = stack.newAccount();
    const request = await stack.ask(account);
    const handle = stack.temporal.workflow.getHandle(delegationWorkflowId(request.id));
    const details = await waitFor('the current details', async () => {
      const metadata = await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
      return metadata.currentDetails?.includes('until') ? metadata.currentDetails : null;
    });
    expect(details).toMatch(/Waiting for a person in the account to open the request .* until \d{4}-\d\d-\d\dT/);
    const found = await waitFor('the run in visibility', async () => {
      for await (const run of stack.temporal.workflow.list({ query: `MusterAccountId = "${account}" AND MusterPhase = "requested"` }))
        return run;
      return null;
    });
    expect(found.workflowId).toBe(delegationWorkflowId(request.id));
    await stack.api.post(`/v1/delegation-requests/${request.id}/cancel`, {});
  });

  it('D6: a role name that is taken fails with AWS’s reason, and leaves nothing of ours', async () => {
    const account = stack.newAccount();
    const iam = stack.iam(account);
    await iam.send(
      new CreateRoleCommand({
        RoleName: 'Taken',
        AssumeRolePolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
        }),
      }),
    );
    iam.destroy();
    const request = await stack.ask(account, { roleName: 'Taken' });
    await stack.approve(request, account);
    const done = await stack.phase(request.id, 'failed', 'completed');
    expect(done.failure).toMatchObject({ code: 'stack_failed', message: expect.stringContaining('already exists') });
    expect(done.stack?.status).toBe('DELETE_COMPLETE');
    expect(await expectNothingLeft(stack, done, account)).toEqual([]);
    expect(await stack.role(account, 'Taken')).not.toBeNull();
    // Its nickname is free again, so the same settings can be sent at once.
    const again = await stack.api.post<{ id: string }>(`/v1/delegation-requests/${request.id}/resend`, {});
    await stack.api.post(`/v1/delegation-requests/${again.id}/cancel`, {});
  });

  it('D2: AWS’s refusal to create the request is reported with AWS’s code and message', async () => {
    await stack.control('POST', '/faults', { service: 'iam', operation: 'CreateDelegationRequest', kind: 'access_denied', times: 1 });
    const account = stack.newAccount();
    await expect(stack.ask(account)).rejects.toThrow(/AccessDenied/);
    const { items } = await stack.api.get<{ items: { id: string }[] }>(`/v1/delegation-requests?search=${account}`);
    expect(await stack.request(items[0]!.id)).toMatchObject({ phase: 'failed', failure: { code: 'aws_refused' } });
  });

  it('a throttle and a dropped connection while asking do not reach the caller', async () => {
    await stack.control('POST', '/faults', { service: 'iam', operation: 'CreateDelegationRequest', kind: 'throttle', times: 1 });
    await stack.control('POST', '/faults', { service: 'iam', operation: 'CreateDelegationRequest', kind: 'drop', times: 1 });
    const account = stack.newAccount();
    const request = await stack.ask(account);
    expect(request.awsState).toBe('unassigned');
    await stack.approve(request, account);
    expect((await stack.phase(request.id, 'completed', 'failed')).phase).toBe('completed');
    await stack.control('DELETE', '/faults');
  });

  it('D7: a request that stays unclaimed for a day expires when AWS says so', async () => {
    const account = stack.newAccount();
    const request = await stack.ask(account);
    await stack.control('PUT', '/clock', { advanceSeconds: 24 * 3_600 + 60 });
    const done = await stack.phase(request.id, 'expired', 'failed');
    expect(done).toMatchObject({ phase: 'expired', awsState: 'expired', failure: { code: 'expired' } });
  });

  it('D10: notifications that come twice and out of order end the same', async () => {
    await stack.control('PUT', '/notifications', { duplicate: 2, reorder: true });
    const account = stack.newAccount();
    const request = await stack.ask(account);
    await stack.approve(request, account);
    const done = await stack.phase(request.id, 'completed', 'failed');
    expect(done.phase).toBe('completed');
    await stack.control('PUT', '/notifications', {});
    const { items } = await stack.api.get<{ items: unknown[] }>(`/v1/clouds?search=${account}`);
    expect(items).toHaveLength(1);
  });

  it('C3: a recheck notices that the role is gone, and says so', async () => {
    const account = stack.newAccount();
    const request = await stack.ask(account);
    await stack.approve(request, account);
    const { cloudId } = await stack.phase(request.id, 'completed');
    await stack.control('POST', '/faults', { service: 'sts', operation: 'AssumeRole', kind: 'access_denied' });
    await stack.api.post(`/v1/clouds/${cloudId}/recheck`, {});
    const cloud = await waitFor('the cloud to be denied', async () => {
      const found = await stack.api.get<{ status: string; statusReason: { code: string } | null }>(`/v1/clouds/${cloudId}`);
      return found.status === 'access_denied' ? found : null;
    });
    expect(cloud.statusReason?.code).toBe('role_refused');
    await stack.control('DELETE', '/faults');
  });
});
