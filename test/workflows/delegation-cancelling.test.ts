import { setTimeout as delay } from 'node:timers/promises';
import { cancellationSignal, heartbeat, sleep } from '@temporalio/activity';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import type { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure } from '../../activities/failures.ts';
import { cancelUpdate, openedUpdate } from '../../workflows/contracts/delegation-onboarding.ts';
import { failureTypes } from '../../workflows/contracts/failures.ts';
import { searchAttributes } from '../../workflows/contracts/search-attributes.ts';
import { expectEnded } from '../support/expect-ended.ts';
import { checked, FakeActivities, type FakedActivities, stackRollsBack } from '../support/fake-activities.ts';
import { gate } from '../support/gate.ts';
import { startLocalServer } from '../support/local-server.ts';
import { OnboardingRun } from '../support/onboarding-run.ts';

// No test here waits for days, and only the real server shows how a cancellation meets a running activity.
let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await startLocalServer();
});
afterAll(() => env?.teardown());

const called = async (fake: FakeActivities, name: keyof FakedActivities): Promise<void> => {
  while (fake.count(name) === 0) await delay(20);
};

/** The failure of a refused update. */
async function refusalOf(update: Promise<unknown>): Promise<ApplicationFailure> {
  const error = await update.then(
    () => new Error('the update was not refused'),
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(WorkflowUpdateFailedError);
  return (error as WorkflowUpdateFailedError).cause as ApplicationFailure;
}

const followsUntilCancelled = async (): Promise<never> => {
  for (;;) {
    heartbeat();
    await sleep(50);
  }
};
/** An activity whose call of AWS is aborted by the cancellation, and which reports that as a missing answer. */
const failsOnceCancelled = async (): Promise<never> => {
  while (!cancellationSignal().aborted) {
    heartbeat();
    await delay(50);
  }
  throw failure(failureTypes.transient, 'no answer from AWS', { code: 'aws_unavailable' });
};
/** An activity on a killed worker: it sends no heartbeats and does not learn of the cancellation. */
const fallsSilent = async (): Promise<never> => {
  heartbeat();
  await sleep(3_600_000);
  throw new Error('the activity was not cancelled');
};
const stackFails = stackRollsBack('HarvestingRole: already exists');
const neverReady = async (): Promise<never> => {
  throw failure(failureTypes.notReady, 'not yet', { code: 'role_proof_failed', nextRetryDelayMs: 1_000 });
};

/** A moment at which a request can be cancelled: its name, AWS's behaviour, and the steps that lead to it. */
type Moment = [string, Partial<FakedActivities>, (run: OnboardingRun, fake: FakeActivities) => Promise<unknown>];
const moments: Moment[] = [
  ['unassigned', {}, (run) => run.until(({ awsState }) => awsState === 'unassigned')],
  ...(['assigned', 'pending_approval', 'accepted', 'finalized'] as const).map((state): Moment => [
    state,
    {},
    async (run) => {
      await run.aws(state);
      await run.until(({ awsState }) => awsState === state);
    },
  ]),
  [
    'deploying',
    { deployAccountStack: followsUntilCancelled },
    async (run, fake) => {
      await run.token();
      await called(fake, 'deployAccountStack');
    },
  ],
  [
    'verifying',
    { proveRole: neverReady },
    async (run, fake) => {
      await run.token();
      await called(fake, 'proveRole');
    },
  ],
];

/** The steps that lead an approved organization to the call of this activity. */
const approvedUntil =
  (name: keyof FakedActivities): Moment[2] =>
  async (run, fake) => {
    await run.token();
    await called(fake, name);
  };
const momentsOfOrganizations: Moment[] = [
  ['read from AWS', { checkOrganizationAccess: neverReady }, approvedUntil('checkOrganizationAccess')],
  ['deployed to the management account', { deployAccountStack: followsUntilCancelled }, approvedUntil('deployAccountStack')],
  ['deployed to its members', { deployMemberRoles: followsUntilCancelled }, approvedUntil('deployMemberRoles')],
  ['proven by its roles', { proveRole: neverReady }, approvedUntil('proveRole')],
  ['checked by the permissions of its role', { checkSimulate: neverReady }, approvedUntil('checkSimulate')],
  [
    'pending, until IAM has propagated its role',
    { checkSimulate: async () => [checked('simulate', 'organizations:ListRoots', 'not yet')] },
    async (run, fake) => {
      await approvedUntil('checkSimulate')(run, fake);
      await called(fake, 'eraseCredentials');
    },
  ],
];

describe('D9: cancelling the onboarding of an organization', () => {
  it.each(momentsOfOrganizations)('while it is %s removes everything of Muster’s', async (_moment, activities, reach) => {
    const fake = new FakeActivities(activities, 'organization');
    const result = await new OnboardingRun(env, undefined, 'organization').play(fake, async (run) => {
      await reach(run, fake);
      await run.handle.executeUpdate(cancelUpdate, { args: [{ by: 'Ada' }] });
    });
    expectEnded(fake, result, 'cancelled', 'cancelled');
    expect(fake.count('registerOrganization')).toBe(0);
  });

  it('works for an operator who cancels the check of its role in the Temporal UI', async () => {
    const fake = new FakeActivities({ checkSimulate: neverReady }, 'organization');
    const result = await new OnboardingRun(env, undefined, 'organization').play(fake, async (run) => {
      await approvedUntil('checkSimulate')(run, fake);
      await env.client.workflow.getHandle(`credential-check/set-${run.requestId}`).cancel();
    });
    expectEnded(fake, result, 'cancelled', 'cancelled');
    expect(result.failure!.message).toContain('an operator');
  });

  it('is refused during the registration of the organization; S5: an operator finds the run by AWS’s id', async () => {
    const registered = gate();
    const fake = new FakeActivities(
      {
        registerOrganization: async () => {
          await registered.opened;
          return { organizationId: 'organization-1', awsOrganizationId: 'o-a1b2c3d4e5' };
        },
      },
      'organization',
    );
    const result = await new OnboardingRun(env, undefined, 'organization').play(fake, async (run) => {
      await approvedUntil('registerOrganization')(run, fake);
      const refusal = await refusalOf(run.handle.executeUpdate(cancelUpdate, { args: [{ by: 'Ada' }] }));
      expect([refusal.type, refusal.details]).toEqual(['TooLate', ['verifying']]);
      const { typedSearchAttributes } = await run.handle.describe();
      expect(typedSearchAttributes.get(searchAttributes.organizationId)).toBe('o-a1b2c3d4e5');
      await run.handle.cancel();
      registered.open();
    });
    expect(result).toEqual({ phase: 'completed', cloudId: null, organizationId: 'organization-1', failure: null });
    expect(fake.count('removeMemberRoles') + fake.count('removeAccountStack')).toBe(0);
  });
});

describe('D9: cancelling', () => {
  /** C6: the request at AWS after the cancellation: released access cannot be answered any more. */
  const atAws = (moment: string): string => {
    if (['finalized', 'deploying', 'verifying'].includes(moment)) return 'was already approved at AWS';
    return moment === 'accepted' ? 'its access can still be released' : 'can still be answered';
  };

  it.each(moments)('while it is %s', async (moment, activities, reach) => {
    const fake = new FakeActivities(activities);
    const result = await new OnboardingRun(env).play(fake, async (run) => {
      await reach(run, fake);
      await run.handle.executeUpdate(cancelUpdate, { args: [{ by: 'Ada' }] });
    });
    expectEnded(fake, result, 'cancelled', 'cancelled');
    expect(result.failure!.message).toContain('Ada');
    expect(result.failure!.message).toContain(atAws(moment));
  });

  it.each(moments)('by an operator in the Temporal UI while it is %s', async (_moment, activities, reach) => {
    const fake = new FakeActivities(activities);
    const result = await new OnboardingRun(env).play(fake, async (run) => {
      await reach(run, fake);
      await run.handle.cancel();
    });
    expectEnded(fake, result, 'cancelled', 'cancelled');
    expect(result.failure!.message).toContain('an operator');
  });

  it.each([
    ['by its update', (run: OnboardingRun) => run.handle.executeUpdate(cancelUpdate, { args: [{ by: 'Ada' }] })],
    ['by an operator', (run: OnboardingRun) => run.handle.cancel()],
  ])(
    '%s during the create call: the caller who waits for the link gets a failure, and a late answer from AWS does no harm',
    async (_caller, cancel) => {
      const answered = gate();
      const fake = new FakeActivities({
        createDelegationRequest: async () => {
          await answered.opened;
          return { awsRequestId: 'dr-1', consoleUrl: 'https://console.example/1' };
        },
      });
      const result = await new OnboardingRun(env).play(fake, async (run) => {
        await called(fake, 'createDelegationRequest');
        const opening = await run.handle.startUpdate(openedUpdate, { waitForStage: 'ACCEPTED' });
        await cancel(run);
        const refusal = await refusalOf(opening.result());
        expect([refusal.type, refusal.details]).toEqual(['NotOpened', [{ code: 'cancelled' }]]);
        answered.open();
      });
      expectEnded(fake, result, 'cancelled', 'cancelled');
    },
  );

  it.each([
    ['breaks off a call to AWS', failsOnceCancelled],
    ['finds its worker dead', fallsSilent],
  ])('while it is deploying: a run that %s ends as cancelled, and the stack is removed', async (_how, deployAccountStack) => {
    const fake = new FakeActivities({ deployAccountStack });
    const result = await new OnboardingRun(env).play(fake, async (run) => {
      await run.token();
      await called(fake, 'deployAccountStack');
      await run.handle.executeUpdate(cancelUpdate, { args: [{ by: 'Ada' }] });
    });
    expectEnded(fake, result, 'cancelled', 'cancelled');
    expect(fake.count('removeAccountStack')).toBe(1);
  });

  it('is refused during the registration of the cloud', async () => {
    const registered = gate();
    const fake = new FakeActivities({
      registerCloud: async () => {
        await registered.opened;
        return { cloudId: 'cloud-1' };
      },
    });
    const result = await new OnboardingRun(env).play(fake, async (run) => {
      await run.token();
      await called(fake, 'registerCloud');
      const refusal = await refusalOf(run.handle.executeUpdate(cancelUpdate, { args: [{ by: 'Ada' }] }));
      expect([refusal.type, refusal.details]).toEqual(['TooLate', ['verifying']]);
      await run.handle.cancel();
      registered.open();
    });
    expect(result).toEqual({ phase: 'completed', cloudId: 'cloud-1', organizationId: null, failure: null });
    expect(fake.count('removeAccountStack')).toBe(0);
  });

  it('does not interrupt the removal of a failed stack, and fails with the phase of the request', async () => {
    const removed = gate();
    const fake = new FakeActivities({
      deployAccountStack: stackFails,
      removeAccountStack: async () => {
        await removed.opened;
        return { removed: true, leftInAccount: [], reason: null };
      },
    });
    const result = await new OnboardingRun(env).play(fake, async (run) => {
      await run.token();
      await called(fake, 'removeAccountStack');
      const cancelling = await run.handle.startUpdate(cancelUpdate, { args: [{ by: 'Ada' }], waitForStage: 'ACCEPTED' });
      await run.handle.cancel();
      removed.open();
      const refusal = await refusalOf(cancelling.result());
      expect([refusal.type, refusal.details]).toEqual(['TooLate', ['failed']]);
    });
    expectEnded(fake, result, 'failed', 'stack_failed');
  });
});
