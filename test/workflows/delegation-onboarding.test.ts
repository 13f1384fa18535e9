import { WithStartWorkflowOperation, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure } from '../../activities/failures.ts';
import { openedUpdate } from '../../workflows/contracts/delegation-onboarding.ts';
import { failureTypes } from '../../workflows/contracts/failures.ts';
import { FakeActivities } from '../support/fake-activities.ts';
import { gate } from '../support/gate.ts';
import { OnboardingRun } from '../support/onboarding-run.ts';
import { startTimeSkipping } from '../support/time-skipping.ts';

let env: TestWorkflowEnvironment;

beforeAll(async () => {
  env = await startTimeSkipping();
});
afterAll(() => env?.teardown());

const day = 24 * 3_600_000;
const transient = () =>
  failure(failureTypes.transient, 'AWS answered ServiceFailure', { code: 'aws_unavailable', awsCode: 'ServiceFailure' });

describe('the straight path', () => {
  it('D4, D12: after an approval, the run deploys, proves the role with its external id and without it, and lists the account', async () => {
    const fake = new FakeActivities();
    const result = await new OnboardingRun(env).play(fake, async (run) => {
      await run.until((state) => state.awsState === 'unassigned');
      await run.aws('assigned');
      await run.aws('accepted');
      await run.aws('finalized');
      await run.token();
    });
    expect(result).toEqual({ phase: 'completed', cloudId: 'cloud-1', organizationId: null, failure: null });
    expect(fake.calls).toEqual([
      'loadDelegationRequest',
      'findAccountConflict',
      'createDelegationRequest',
      'deployAccountStack',
      'proveRole',
      'proveRefusal',
      'registerCloud',
    ]);
    expect(fake.timeline).toEqual(expect.arrayContaining(['created', 'aws_state', 'exchange_token', 'deploying', 'verified']));
  });

  it('D2: the call that starts the run returns the console link and AWS’s id', async () => {
    const fake = new FakeActivities();
    const run = new OnboardingRun(env);
    await run.play(fake, async () => {
      expect(await run.handle.executeUpdate(openedUpdate)).toEqual({ awsRequestId: 'dr-1', consoleUrl: 'https://console.example/1' });
      expect(fake.row).toMatchObject({ awsRequestId: 'dr-1', awsState: 'unassigned' });
      await run.token();
    });
  });

  it('a second update-with-start joins the run instead of calling AWS twice', async () => {
    const fake = new FakeActivities();
    const run = new OnboardingRun(env);
    await run.play(fake, async () => {
      const { workflowType, ...options } = run.startOptions;
      const opened = await env.client.workflow.executeUpdateWithStart(openedUpdate, {
        updateId: 'opened',
        startWorkflowOperation: new WithStartWorkflowOperation(workflowType, options),
      });
      expect(opened.awsRequestId).toBe('dr-1');
      await run.token();
    });
    expect(fake.count('createDelegationRequest')).toBe(1);
  });

  it('S5: a waiting run shows what it waits for and until when', async () => {
    const run = new OnboardingRun(env);
    await run.play(new FakeActivities(), async () => {
      await run.until((state) => state.awsState === 'unassigned' && state.until !== null);
      await run.aws('pending_approval');
      const state = await run.until(({ awsState, until }) => awsState === 'pending_approval' && until !== null);
      expect(state.waitingFor).toContain('administrator');
      expect(Date.parse(state.until!) - (await env.currentTimeMs())).toBeGreaterThan(6.9 * day);
      await run.token();
    });
  });
});

describe('D10: AWS’s messages in any order', () => {
  it('the token arrives before any state', async () => {
    const result = await new OnboardingRun(env).play(new FakeActivities(), async (run) => {
      await run.token();
      await run.aws('finalized');
      await run.aws('accepted', { secondsAgo: 5 });
    });
    expect(result.phase).toBe('completed');
  });

  it('messages arrive before the create call has returned', async () => {
    const created = gate();
    const fake = new FakeActivities({
      createDelegationRequest: async () => {
        await created.opened;
        return { awsRequestId: 'dr-1', consoleUrl: 'https://console.example/1' };
      },
    });
    const result = await new OnboardingRun(env).play(fake, async (run) => {
      await run.token();
      await run.until((state) => state.awsState === 'finalized');
      created.open();
    });
    expect(result.phase).toBe('completed');
  });

  it('a message about another account is ignored', async () => {
    const fake = new FakeActivities();
    const result = await new OnboardingRun(env).play(fake, async (run) => {
      await run.token({ account: '999999999999' });
      await run.aws('rejected', { account: '999999999999' });
    });
    expect(result.phase).toBe('expired');
    expect(fake.count('deployAccountStack')).toBe(0);
  });
});

describe('creating the request at AWS', () => {
  it('after a lost answer, the next attempt uses a new id', async () => {
    const attempts: number[] = [];
    const fake = new FakeActivities({
      createDelegationRequest: async ({ attempt }) => {
        attempts.push(attempt);
        if (attempt < 3) throw transient();
        return { awsRequestId: 'dr-3', consoleUrl: 'https://console.example/3' };
      },
    });
    const result = await new OnboardingRun(env).play(fake, async (run) => {
      await run.until((state) => state.awsState === 'unassigned');
      await run.token({ attempt: 3 });
    });
    expect(attempts).toEqual([1, 2, 3]);
    expect(result.phase).toBe('completed');
  });

  it('an orphaned attempt is adopted if it is approved, and ignored if it expires', async () => {
    const fake = new FakeActivities({
      createDelegationRequest: async ({ attempt }) => {
        if (attempt === 1) throw transient();
        return { awsRequestId: `dr-${attempt}`, consoleUrl: 'https://console.example/2' };
      },
    });
    const result = await new OnboardingRun(env).play(fake, async (run) => {
      await run.until((state) => state.attempt === 2 && state.awsState === 'unassigned');
      await run.aws('accepted', { attempt: 1 });
      await run.aws('expired', { attempt: 2 });
      await run.token({ attempt: 1 });
    });
    expect(result.phase).toBe('completed');
  });

  it.each([
    ['in the pause before another attempt', 1, 'token', transient],
    ['while another attempt is refused', 2, 'token', () => failure(failureTypes.accessDenied, 'not a partner', { code: 'aws_refused' })],
    ['while AWS gives no answer to another attempt', 2, 'accepted', transient],
  ] as const)('D10: a request is answered although AWS’s answer to its creation was lost, %s', async (_when, last, answer, fails) => {
    let attempts = 0;
    const answered = gate();
    const fake = new FakeActivities({
      createDelegationRequest: async ({ attempt }) => {
        attempts = attempt;
        if (attempt === 1) throw transient();
        await answered.opened;
        throw fails();
      },
    });
    const run = new OnboardingRun(env);
    const result = await run.play(fake, async () => {
      await expect.poll(() => attempts).toBe(last);
      await (answer === 'token' ? run.token() : run.aws(answer));
      await run.until(({ awsState }) => awsState === (answer === 'token' ? 'finalized' : answer));
      answered.open();
      expect(await run.handle.executeUpdate(openedUpdate)).toEqual({ awsRequestId: null, consoleUrl: null });
      if (answer !== 'token') await run.token();
    });
    expect(result.phase).toBe('completed');
    const events = (await run.handle.fetchHistory()).events!;
    const heardAt = events.findIndex((event) => event.workflowExecutionSignaledEventAttributes);
    const asked = events.slice(heardAt).map((event) => event.activityTaskScheduledEventAttributes?.activityType?.name);
    expect(asked).not.toContain('createDelegationRequest');
  });

  it('without an answer from AWS, the request ends after 20 seconds and the caller gets the failure', async () => {
    const fake = new FakeActivities({
      createDelegationRequest: async () => {
        throw transient();
      },
    });
    const run = new OnboardingRun(env);
    const result = await run.play(fake, async () => {
      const error = await run.handle.executeUpdate(openedUpdate).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(WorkflowUpdateFailedError);
      const cause = (error as WorkflowUpdateFailedError).cause as ApplicationFailure;
      expect(cause.type).toBe('NotOpened');
      expect(cause.details).toEqual([{ code: 'aws_unavailable', awsCode: 'ServiceFailure' }]);
    });
    expect(result).toMatchObject({ phase: 'failed', failure: { code: 'aws_unavailable' } });
    expect(await run.duration()).toBeLessThan(30_000);
    expect(fake.calls.at(-1)).toBe('closeRequest');
  });

  it('S8: an outage of Muster during the creation is not blamed on AWS: the request is created afterwards', async () => {
    const away = () => failure(failureTypes.transient, 'the database could not be used', { code: 'database_unavailable' });
    let calls = 0;
    const fake = new FakeActivities({
      createDelegationRequest: async ({ attempt }) => {
        calls += 1;
        if (calls <= 8) throw away();
        return { awsRequestId: `dr-${attempt}`, consoleUrl: `https://console.example/${attempt}` };
      },
    });
    const run = new OnboardingRun(env);
    const result = await run.play(fake, async () => {
      await env.sleep('90s');
      expect(await run.handle.executeUpdate(openedUpdate)).toMatchObject({ awsRequestId: 'dr-9' });
      await run.token({ attempt: 9 });
    });
    expect(result.phase).toBe('completed');
    expect(await run.duration()).toBeGreaterThan(60_000);
  });

  it.each(['proveRole', 'proveRefusal'] as const)('S8: an outage of Muster during %s does not end the request', async (name) => {
    let calls = 0;
    const fake = new FakeActivities({
      [name]: async () => {
        calls += 1;
        if (calls <= 5) throw failure(failureTypes.transient, 'the database could not be used', { code: 'database_unavailable' });
        return { refused: true };
      },
    });
    const result = await new OnboardingRun(env, { roleProof: 2_000 }).play(fake, (run) => run.token());
    expect(result.phase).toBe('completed');
  });

  it('D2: a refusal by AWS is not retried and carries AWS’s message', async () => {
    const fake = new FakeActivities({
      createDelegationRequest: async () => {
        throw failure(failureTypes.accessDenied, 'AWS answered AccessDenied: not a partner', {
          code: 'aws_refused',
          awsCode: 'AccessDenied',
        });
      },
    });
    const result = await new OnboardingRun(env).play(fake);
    expect(result.failure).toEqual({ code: 'aws_refused', message: 'AWS answered AccessDenied: not a partner' });
    expect(fake.count('createDelegationRequest')).toBe(1);
  });

  it('D13: an account that is already listed gets no second request', async () => {
    const fake = new FakeActivities({ findAccountConflict: async () => ({ code: 'account_exists', cloudId: 'c' }) });
    const result = await new OnboardingRun(env).play(fake);
    expect(result.failure?.code).toBe('account_exists');
    expect(fake.count('createDelegationRequest')).toBe(0);
  });
});
