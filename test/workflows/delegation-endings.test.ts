import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure } from '../../activities/failures.ts';
import type { Activities } from '../../workflows/contracts/activities.ts';
import { failureTypes } from '../../workflows/contracts/failures.ts';
import { expectEnded } from '../support/expect-ended.ts';
import { FakeActivities, stackRollsBack } from '../support/fake-activities.ts';
import { OnboardingRun } from '../support/onboarding-run.ts';
import { startTimeSkipping } from '../support/time-skipping.ts';

let env: TestWorkflowEnvironment;

beforeAll(async () => {
  env = await startTimeSkipping();
});
afterAll(() => env?.teardown());

const hour = 3_600_000;
const day = 24 * hour;

describe('D7: a request without an answer', () => {
  it('a request that was not opened ends a day and an hour after its creation', async () => {
    const fake = new FakeActivities();
    const run = new OnboardingRun(env);
    expectEnded(fake, await run.play(fake), 'expired', 'expired');
    const waited = await run.duration();
    expect(waited).toBeGreaterThanOrEqual(day + hour);
    expect(waited).toBeLessThan(day + 2 * hour);
  });

  it.each(['assigned', 'pending_approval', 'accepted'] as const)('a request that is %s ends after a week and an hour', async (state) => {
    const fake = new FakeActivities();
    const run = new OnboardingRun(env);
    expectEnded(fake, await run.play(fake, () => run.aws(state)), 'expired', 'expired');
    const waited = await run.duration();
    expect(waited).toBeGreaterThanOrEqual(7 * day + hour - 1_000);
    expect(waited).toBeLessThan(7 * day + 2 * hour);
  });

  it.each([
    ['unassigned', day],
    ['assigned', 7 * day],
    ['pending_approval', 7 * day],
    ['accepted', 7 * day],
  ] as const)('AWS’s EXPIRED within the grace ends a request that is %s', async (state, limit) => {
    const fake = new FakeActivities();
    const run = new OnboardingRun(env);
    const result = await run.play(fake, async () => {
      if (state === 'unassigned') await run.until(({ awsState }) => awsState === state);
      else await run.aws(state);
      await env.sleep(limit + hour / 2);
      await run.aws('expired');
    });
    expectEnded(fake, result, 'expired', 'expired');
    expect(fake.row.awsState).toBe('expired');
    expect(await run.duration()).toBeLessThan(limit + hour);
  });

  it('a released request without a token fails when its session ends', async () => {
    const fake = new FakeActivities();
    const run = new OnboardingRun(env);
    expectEnded(fake, await run.play(fake, () => run.aws('finalized')), 'failed', 'token_not_received');
    const waited = await run.duration();
    expect(waited).toBeGreaterThanOrEqual(hour - 1_000);
    expect(waited).toBeLessThan(1.5 * hour);
  });
});

describe('D7 D10: the deadline has passed, and the approval is in the inbox', () => {
  it('the run waits for the approval and continues', async () => {
    const run = new OnboardingRun(env);
    const fake = new FakeActivities({
      hasUndeliveredMessages: async () => {
        await run.token({ secondsAgo: 60 });
        return true;
      },
    });
    expect(await run.play(fake)).toMatchObject({ phase: 'completed', failure: null });
    expect(fake.count('hasUndeliveredMessages')).toBe(1);
  });

  it('the run waits no longer than the delivery timeout', async () => {
    const fake = new FakeActivities({ hasUndeliveredMessages: async () => true });
    const run = new OnboardingRun(env);
    expectEnded(fake, await run.play(fake), 'expired', 'expired');
    expect(await run.duration()).toBeLessThan(day + 1.5 * hour);
  });
});

describe('D6: a rejection', () => {
  it.each(['unassigned', 'assigned', 'pending_approval', 'accepted'] as const)('ends a request that is %s', async (state) => {
    const fake = new FakeActivities();
    const result = await new OnboardingRun(env).play(fake, async (run) => {
      if (state !== 'unassigned') await run.aws(state);
      await run.aws('rejected');
    });
    expectEnded(fake, result, 'rejected', 'rejected');
    expect(fake.row.awsState).toBe('rejected');
  });
});

const refused = (code: string) => async () => {
  throw failure(failureTypes.precondition, `It ended as ${code}`, { code });
};

describe('D6: a failure after the approval leaves nothing half-registered', () => {
  it.each<[string, Partial<Activities>, string, string]>([
    [
      'the stack fails',
      { deployAccountStack: stackRollsBack('HarvestingRole: already exists', false) },
      'stack_failed',
      'The stack muster-stack ended as ROLLBACK_COMPLETE: HarvestingRole: already exists',
    ],
    [
      'the approver lacks a right',
      { deployAccountStack: stackRollsBack('HarvestingRole: not authorized', true) },
      'delegated_access_insufficient',
      'not authorized',
    ],
    ['the stack’s name is taken', { deployAccountStack: refused('stack_name_taken') }, 'stack_name_taken', 'It ended as stack_name_taken'],
    ['the session ends', { deployAccountStack: refused('session_ended') }, 'session_ended', 'It ended as session_ended'],
    ['the token comes too late', { deployAccountStack: refused('token_expired') }, 'token_expired', 'It ended as token_expired'],
    ['access was revoked', { deployAccountStack: refused('token_refused') }, 'token_refused', 'It ended as token_refused'],
    [
      'the role never accepts Muster',
      {
        proveRole: async () => {
          throw failure(failureTypes.notReady, 'AWS refuses the role so far', { code: 'role_proof_failed' });
        },
      },
      'role_proof_failed',
      'AWS refuses the role so far',
    ],
    ['D12: the role accepts every caller', { proveRefusal: async () => ({ refused: false }) }, 'external_id_not_enforced', 'external id'],
    [
      'D13: the account was listed during the onboarding',
      { registerCloud: refused('account_exists') },
      'account_exists',
      'It ended as account_exists',
    ],
  ])('%s', async (_what, activities, code, message) => {
    const fake = new FakeActivities(activities);
    const result = await new OnboardingRun(env).play(fake, (run) => run.token());
    expectEnded(fake, result, 'failed', code);
    expect(result.failure!.message).toContain(message);
    expect(fake.count('registerCloud')).toBe(activities.registerCloud ? 1 : 0);
  });

  it('the timeline names the resources that stay in the account, with AWS’s reason', async () => {
    const leftInAccount = [{ type: 'AWS::IAM::Role', name: 'MusterHarvest' }];
    const fake = new FakeActivities({
      proveRefusal: async () => ({ refused: false }),
      removeAccountStack: async () => ({ removed: false, leftInAccount, reason: 'HarvestingRole: policies are attached' }),
    });
    const result = await new OnboardingRun(env).play(fake, (run) => run.token());
    expectEnded(fake, result, 'failed', 'external_id_not_enforced');
    const removal = fake.entries.find(({ type }) => type === 'stack_removal');
    expect(removal).toMatchObject({ message: expect.stringContaining('HarvestingRole: policies are attached'), detail: { leftInAccount } });
  });

  it('a failed removal names the stack, and the run still ends', async () => {
    const fake = new FakeActivities({ deployAccountStack: refused('session_ended'), removeAccountStack: refused('internal_error') });
    const run = new OnboardingRun(env);
    expectEnded(fake, await run.play(fake, () => run.token()), 'failed', 'session_ended');
    expect(fake.entries.find(({ type }) => type === 'stack_removal')!.detail).toEqual({
      leftInAccount: [{ type: 'AWS::CloudFormation::Stack', name: `muster-${run.requestId}` }],
    });
  });

  it('D4: the proof of a role is retried until IAM has propagated it', async () => {
    let refusals = 0;
    const fake = new FakeActivities({
      proveRole: async () => {
        if (refusals++ < 5) throw failure(failureTypes.notReady, 'not yet', { code: 'role_proof_failed', nextRetryDelayMs: 1_000 });
      },
    });
    const result = await new OnboardingRun(env).play(fake, (run) => run.token());
    expect(result.phase).toBe('completed');
  });
});
