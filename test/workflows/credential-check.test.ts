import { randomUUID } from 'node:crypto';
import type { WorkflowFailedError } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure } from '../../activities/failures.ts';
import { organizationRoleActions } from '../../domain/organizations/actions.ts';
import type { ActivityFunctions } from '../../workflows/contracts/activity.ts';
import {
  credentialCheckQuery,
  credentialCheckStart,
  type CredentialCheckActivities,
  type CredentialCheckInput,
  type CredentialCheckItem,
  type CredentialCheckResult,
} from '../../workflows/contracts/credential-check.ts';
import { failureTypes } from '../../workflows/contracts/failures.ts';
import { gate } from '../support/gate.ts';
import { startTimeSkipping } from '../support/time-skipping.ts';
import { waitFor } from '../support/wait-for.ts';
import { createTestWorker } from '../support/workflow-worker.ts';

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await startTimeSkipping();
});
afterAll(() => env?.teardown());

type Checks = ActivityFunctions<CredentialCheckActivities>;

const roleArn = 'arn:aws:iam::111122223333:role/muster-organization';
const organization = { awsOrganizationId: 'o-a1b2c3d4e5', managementAccountId: '111122223333', partition: 'aws' as const };
const item = (name: CredentialCheckItem['name'], passed = true, action?: string): CredentialCheckItem => ({
  name,
  passed,
  message: passed ? 'yes' : 'no',
  ...(action ? { action } : {}),
});
const throttled = () => failure(failureTypes.throttled, 'AWS answered Throttling', { code: 'aws_unavailable' });

/** A run against an AWS that accepts everything except for the given changes. Keeps the names of the calls. */
async function run(
  changes: Partial<Checks>,
  play: (handle: ReturnType<typeof env.client.workflow.getHandle>, calls: string[]) => Promise<void> = async () => {},
  input: Partial<CredentialCheckInput> = {},
): Promise<{ result: CredentialCheckResult | Error; calls: string[]; history: string }> {
  const calls: string[] = [];
  const answers: Checks = {
    checkAssumeRole: async () => item('assume_role'),
    checkDescribeOrganization: async () => ({ check: item('describe_organization'), organization }),
    checkSimulate: async () => organizationRoleActions.map(({ action }) => item('simulate', true, action)),
    checkScope: async () => [item('scope')],
    eraseCredentials: async () => {},
    ...changes,
  };
  const noted = Object.entries(answers).map(([name, activity]) => [
    name,
    (input: never) => {
      calls.push(name);
      return (activity as (input: never) => unknown)(input);
    },
  ]);
  const credentialSetId = randomUUID();
  const taskQueue = `test-${credentialSetId}`;
  const worker = await createTestWorker(env, {
    taskQueue,
    activities: Object.fromEntries(noted) as Checks & Record<string, (...args: never[]) => unknown>,
  });
  return await worker.runUntil(async () => {
    const { workflowType, ...options } = credentialCheckStart({ credentialSetId, ...input }, roleArn);
    const handle = await env.client.workflow.start(workflowType, { ...options, taskQueue });
    await play(handle, calls);
    const result = (await handle.result().catch((error: Error) => error)) as CredentialCheckResult | Error;
    return { result, calls, history: JSON.stringify(await handle.fetchHistory()) };
  });
}

describe('O5: credentials are checked before anything is registered', () => {
  it('credentials are accepted if every check passes, and the set is kept', async () => {
    const { result, calls } = await run({});
    expect(result).toMatchObject({ verdict: 'accepted', organization });
    expect((result as CredentialCheckResult).checks).toHaveLength(2 + organizationRoleActions.length);
    expect(calls).not.toContain('eraseCredentials');
  });

  it('the result contains every failed check, not only the first', async () => {
    const { result, calls } = await run({
      checkDescribeOrganization: async () => ({ check: item('describe_organization', false), organization: null }),
      checkSimulate: async () => [
        item('simulate', false, 'organizations:ListAccounts'),
        item('simulate', false, 'organizations:ListRoots'),
      ],
    });
    expect(result).toMatchObject({ verdict: 'refused', organization: null });
    const failed = (result as CredentialCheckResult).checks.filter(({ passed }) => !passed);
    expect(failed.map(({ name, action }) => action ?? name)).toEqual([
      'describe_organization',
      'organizations:ListAccounts',
      'organizations:ListRoots',
    ]);
    expect(calls).toContain('eraseCredentials');
  });

  it('if the role cannot be assumed, no check passes and the set is erased at once', async () => {
    const { result, calls } = await run({ checkAssumeRole: async () => item('assume_role', false) });
    expect(result).toMatchObject({ verdict: 'refused', organization: null });
    const { checks } = result as CredentialCheckResult;
    expect(checks.map(({ name, action }) => action ?? name)).toEqual([
      'assume_role',
      'describe_organization',
      ...organizationRoleActions.map(({ action }) => action),
    ]);
    expect(checks.some(({ passed }) => passed)).toBe(false);
    expect(calls).toEqual(['checkAssumeRole', 'eraseCredentials']);
  });

  it('transient faults are retried', async () => {
    let faults = 3;
    const { result, calls } = await run({
      checkDescribeOrganization: async () => {
        if (faults-- > 0) throw throttled();
        return { check: item('describe_organization'), organization };
      },
    });
    expect(result).toMatchObject({ verdict: 'accepted' });
    expect(calls.filter((name) => name === 'checkDescribeOrganization')).toHaveLength(4);
  });

  it.each(['checkAssumeRole', 'checkSimulate'] as const)(
    '%s: if transient faults do not end in time, the verdict is unavailable and the credentials are erased',
    async (name) => {
      const { result, calls } = await run({
        [name]: async () => {
          throw throttled();
        },
      });
      expect(result).toMatchObject({ verdict: 'unavailable' });
      expect(calls.filter((call) => call === name).length).toBeGreaterThan(2);
      expect(calls.at(-1)).toBe('eraseCredentials');
    },
  );

  it('the credentials are erased if the check is cancelled', async () => {
    const { result, calls } = await run(
      {
        checkAssumeRole: async () => {
          throw throttled();
        },
      },
      async (handle, called) => {
        await waitFor('the first check', async () => called.length > 0);
        await handle.cancel();
      },
    );
    expect((result as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure);
    expect(calls.at(-1)).toBe('eraseCredentials');
  });

  it('a defect fails the run and leaves no credentials behind', async () => {
    const { result, calls } = await run({
      checkSimulate: async () => {
        throw failure(failureTypes.defect, 'a defect', { code: 'internal_error' });
      },
    });
    expect(result).toBeInstanceOf(Error);
    expect(calls.at(-1)).toBe('eraseCredentials');
  });

  it('S5: a query returns the finished checks and the current step', async () => {
    const answer = gate();
    await run(
      {
        checkSimulate: async () => {
          await answer.opened;
          return [];
        },
      },
      async (handle, called) => {
        await waitFor('the simulation', async () => called.includes('checkSimulate'));
        const state = await handle.query(credentialCheckQuery);
        expect(state.checks).toEqual([item('assume_role')]);
        expect(state.waitingFor).toContain('permissions');
        answer.open();
      },
    );
  });
});

describe('A3 O8: the units and accounts of a new scope', () => {
  const scopeIds = ['ou-ab12-00000001', '111122223333'];
  const unknown: CredentialCheckItem = { name: 'scope', id: scopeIds[0]!, passed: false, message: 'no' };

  it('are looked up with the other checks, and an unknown one is refused with the set erased', async () => {
    let asked: unknown;
    const changes: Partial<Checks> = {
      checkScope: async (input) => {
        asked = input;
        return [unknown];
      },
    };
    const { result, calls } = await run(changes, undefined, { scopeIds });
    expect(asked).toMatchObject({ scopeIds });
    expect(result).toMatchObject({ verdict: 'refused', checks: expect.arrayContaining([unknown]) });
    expect(calls).toContain('eraseCredentials');
  });

  it('are not looked up if the caller names none', async () => {
    const { result, calls } = await run({});
    expect(result).toMatchObject({ verdict: 'accepted' });
    expect(calls).not.toContain('checkScope');
  });

  it('no answer in time is no refusal', async () => {
    const changes: Partial<Checks> = {
      checkScope: async () => {
        throw throttled();
      },
    };
    expect((await run(changes, undefined, { scopeIds })).result).toMatchObject({ verdict: 'unavailable' });
  });
});
