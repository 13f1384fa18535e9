import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeActivities } from '../support/fake-activities.ts';
import { gate } from '../support/gate.ts';
import { OnboardingRun } from '../support/onboarding-run.ts';
import { startTimeSkipping } from '../support/time-skipping.ts';

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await startTimeSkipping();
});
afterAll(() => env?.teardown());

const hour = 3_600;

/** The reason for which the timeline says that a message was ignored. */
const ignored = (fake: FakeActivities) => fake.entries.map(({ detail }) => detail?.['ignored']).filter((reason) => reason !== undefined);

describe('D10: a message that does not belong to the request changes nothing, and the timeline shows it', () => {
  it.each([
    ['another request at AWS', { awsRequestId: 'dr-foreign' }, 'other_request'],
    ['no account', { account: null }, 'no_account'],
    ['another account', { account: '999999999999' }, 'other_account'],
  ] as const)('naming %s', async (_what, about, reason) => {
    const fake = new FakeActivities();
    const result = await new OnboardingRun(env).play(fake, async (run) => {
      await run.until(({ awsState }) => awsState === 'unassigned');
      await run.aws('rejected', about);
      await run.token(about);
      await run.aws('assigned');
      await run.until(({ awsState }) => awsState === 'assigned');
      await run.token();
    });
    expect(result.phase).toBe('completed');
    expect(fake.row).toMatchObject({ awsRequestId: 'dr-1' });
    expect(ignored(fake)).toEqual([reason, reason]);
  });

  it('naming another request at AWS, and arriving before the answer to the create call', async () => {
    const created = gate();
    const fake = new FakeActivities({
      createDelegationRequest: async () => {
        await created.opened;
        return { awsRequestId: 'dr-1', consoleUrl: 'https://console.example/1' };
      },
    });
    const result = await new OnboardingRun(env).play(fake, async (run) => {
      await run.aws('assigned', { awsRequestId: 'dr-foreign' });
      await run.until(({ awsState }) => awsState === 'assigned');
      created.open();
      await run.until(({ awsState }) => awsState === 'unassigned');
      await run.token();
    });
    expect(result.phase).toBe('completed');
    expect(fake.row).toMatchObject({ awsRequestId: 'dr-1' });
  });
});

it('D3: AWS may leave the account out when a request expires unclaimed', async () => {
  const result = await new OnboardingRun(env).play(new FakeActivities(), async (run) => {
    await run.until(({ awsState }) => awsState === 'unassigned');
    await run.aws('expired', { account: null });
  });
  expect(result.phase).toBe('expired');
});

it('D10: a message from the future counts as sent now, so that later messages still count', async () => {
  const fake = new FakeActivities();
  const result = await new OnboardingRun(env).play(fake, async (run) => {
    await run.until(({ awsState }) => awsState === 'unassigned');
    await run.aws('assigned', { secondsAgo: -70_000 * hour });
    await run.until(({ awsState }) => awsState === 'assigned');
    await run.aws('rejected', { secondsAgo: -1 });
  });
  expect(result.phase).toBe('rejected');
  expect(ignored(fake)).toEqual([]);
});
