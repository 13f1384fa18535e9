import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import type { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure } from '../../activities/failures.ts';
import { organizationRoleActions } from '../../domain/organizations/actions.ts';
import { openedUpdate, type DelegationOnboardingResult } from '../../workflows/contracts/delegation-onboarding.ts';
import { failureTypes } from '../../workflows/contracts/failures.ts';
import { expectEnded } from '../support/expect-ended.ts';
import { checked, FakeActivities, fakeOrganization, type FakedActivities, stackRollsBack } from '../support/fake-activities.ts';
import { OnboardingRun } from '../support/onboarding-run.ts';
import { startTimeSkipping } from '../support/time-skipping.ts';

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await startTimeSkipping();
});
afterAll(() => env?.teardown());

/** A run for an organization that is approved at once. */
async function approved(
  activities: Partial<FakedActivities> = {},
): Promise<{ fake: FakeActivities; run: OnboardingRun; result: DelegationOnboardingResult }> {
  const fake = new FakeActivities(activities, 'organization');
  const run = new OnboardingRun(env, undefined, 'organization');
  return { fake, run, result: await run.play(fake, () => run.token()) };
}

const refused = (code: string) => async () => {
  throw failure(failureTypes.precondition, `It ended as ${code}`, { code });
};
const beforeDeployment = ['loadDelegationRequest', 'findAccountConflict', 'createDelegationRequest', 'checkOrganizationAccess'];

describe('D5: an approval leads to a registered organization', () => {
  it('the run reads the organization, deploys stack and stack set, proves the roles, checks the credentials, and registers', async () => {
    const registered: unknown[] = [];
    const { fake, run, result } = await approved({
      registerOrganization: async (input) => {
        registered.push(input);
        return { organizationId: 'organization-1', awsOrganizationId: input.organization.awsOrganizationId };
      },
    });
    expect(result).toEqual({ phase: 'completed', cloudId: null, organizationId: 'organization-1', failure: null });
    expect(registered).toEqual([{ requestId: run.requestId, generation: 1, organization: fakeOrganization }]);
    const checks = ['checkAssumeRole', 'checkDescribeOrganization', 'checkSimulate'];
    expect(fake.calls.slice(0, -3)).toEqual([
      ...beforeDeployment,
      'deployAccountStack',
      'deployMemberRoles',
      'proveRole',
      'proveRefusal',
      checks[0],
    ]);
    // The last two checks run in parallel.
    expect(fake.calls.slice(-3, -1).toSorted()).toEqual(checks.slice(1));
    expect(fake.calls.at(-1)).toBe('registerOrganization');
  });

  it('D4: the timeline shows the stack, and the stack set that AWS continues to deploy', async () => {
    const { fake } = await approved();
    // The token may arrive before the answer to the create call; then its entry comes first.
    expect(fake.timeline.slice(0, 2).toSorted()).toEqual(['created', 'exchange_token']);
    expect(fake.timeline.slice(2)).toEqual(['deploying', 'member_roles', 'verified', 'verified']);
    const [deploying, members] = fake.entries.slice(2);
    expect(deploying!.message).toContain('o-a1b2c3d4e5');
    expect(members).toMatchObject({ detail: { stackSetName: 'muster-stack-set', operationId: 'operation-1' } });
  });

  it('O5: the checks run as a workflow of their own, with the request’s credentials', async () => {
    const asked: unknown[] = [];
    const { run } = await approved({
      checkAssumeRole: async (input) => {
        asked.push(input);
        return checked('assume_role');
      },
    });
    const credentialSetId = `set-${run.requestId}`;
    expect(asked).toEqual([{ credentialSetId }]);
    const { status } = await env.client.workflow.getHandle(`credential-check/${credentialSetId}`).describe();
    expect(status.name).toBe('COMPLETED');
  });

  it('the checks are repeated until IAM has propagated the role', async () => {
    let asked = 0;
    const { fake, result } = await approved({
      checkSimulate: async () => [checked('simulate', 'organizations:ListRoots', asked++ < 3 ? 'not allowed' : undefined)],
    });
    expect(result).toMatchObject({ phase: 'completed', organizationId: 'organization-1' });
    expect(fake.count('checkSimulate')).toBe(4);
  });

  it('activities with a lost answer are retried', async () => {
    const failOnce = <Answer>(then: Answer) => {
      let calls = 0;
      return async (): Promise<Answer> => {
        if (calls++ === 0) throw failure(failureTypes.transient, 'AWS answered ServiceFailure', { code: 'aws_unavailable' });
        return then;
      };
    };
    const { fake, result } = await approved({
      checkOrganizationAccess: failOnce({ outcome: 'ready', awsOrganizationId: 'o-a1b2c3d4e5' }),
      deployMemberRoles: failOnce({ stackSetName: 's', operationId: 'o', started: true, reason: null, denied: false }),
      registerOrganization: failOnce({ organizationId: 'organization-1', awsOrganizationId: 'o-a1b2c3d4e5' }),
    });
    expect(result.phase).toBe('completed');
    for (const name of ['checkOrganizationAccess', 'deployMemberRoles', 'registerOrganization'] as const) {
      expect(fake.count(name)).toBe(2);
    }
  });
});

describe('D5: a problem that is found before the deployment ends the request and says what to do', () => {
  it.each<[string, Partial<FakedActivities>, string, RegExp]>([
    [
      'the account is a member',
      { checkOrganizationAccess: async () => ({ outcome: 'not_management_account', managementAccountId: '444455556666' }) },
      'not_management_account',
      /member of an organization whose management account is 444455556666.*Nothing was deployed/,
    ],
    [
      'the account is in no organization',
      { checkOrganizationAccess: async () => ({ outcome: 'not_management_account', managementAccountId: null }) },
      'not_management_account',
      /111122223333 is not in an organization/,
    ],
    [
      'O6: the organization is registered',
      {
        checkOrganizationAccess: async () => ({
          outcome: 'organization_exists',
          organizationId: 'ours',
          awsOrganizationId: 'o-a1b2c3d4e5',
        }),
      },
      'organization_exists',
      /o-a1b2c3d4e5 is already registered, as ours/,
    ],
    [
      'trusted access is off',
      { checkOrganizationAccess: async () => ({ outcome: 'trusted_access_off', awsOrganizationId: 'o-a1b2c3d4e5' }) },
      'trusted_access_off',
      /In account 111122223333, run "aws cloudformation activate-organizations-access".*send the request again/,
    ],
    [
      'access was revoked',
      { checkOrganizationAccess: refused('token_refused') },
      'token_refused',
      /nothing was deployed: It ended as token_refused/,
    ],
  ])('%s', async (_what, activities, code, message) => {
    const { fake, result } = await approved(activities);
    expectEnded(fake, result, 'failed', code);
    expect(result.failure!.message).toMatch(message);
    expect(fake.calls).toEqual([...beforeDeployment, 'closeRequest']);
  });

  it('O6: for a registered organization the caller gets the conflict, and AWS is not called', async () => {
    const conflict = { code: 'organization_exists', organizationId: 'ours', awsOrganizationId: 'o-a1b2c3d4e5' } as const;
    const fake = new FakeActivities({ findAccountConflict: async () => conflict }, 'organization');
    const run = new OnboardingRun(env, undefined, 'organization');
    const result = await run.play(fake, async () => {
      const error: unknown = await run.handle.executeUpdate(openedUpdate).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(WorkflowUpdateFailedError);
      const { type, details } = (error as WorkflowUpdateFailedError).cause as ApplicationFailure;
      expect([type, details]).toEqual(['NotOpened', [{ code: 'organization_exists' }]]);
    });
    expectEnded(fake, result, 'failed', 'organization_exists');
    expect(fake.count('createDelegationRequest')).toBe(0);
  });
});

const stackSetEnds = (reason: string, denied: boolean) => async () => ({
  stackSetName: 'muster-stack-set',
  operationId: '',
  started: false,
  reason,
  denied,
});
const noAnswer = async () => {
  throw failure(failureTypes.throttled, 'AWS answered Throttling', { code: 'aws_unavailable' });
};

describe('D6: a failure after the start of the deployment leaves nothing half-registered', () => {
  it.each<[string, Partial<FakedActivities>, string, RegExp]>([
    [
      'the management stack fails',
      {
        deployAccountStack: stackRollsBack('HarvestingRole: already exists'),
      },
      'stack_failed',
      /HarvestingRole: already exists/,
    ],
    [
      'the stack set fails',
      { deployMemberRoles: stackSetEnds('A limit was met', false) },
      'stack_set_failed',
      /stack set muster-stack-set could not be deployed: A limit was met/,
    ],
    [
      'the approver may not make stack sets',
      { deployMemberRoles: stackSetEnds('not authorized', true) },
      'delegated_access_insufficient',
      /not authorized/,
    ],
    ['the session ends', { deployMemberRoles: refused('session_ended') }, 'session_ended', /member roles could not be deployed: It ended/],
    [
      'a role never accepts Muster',
      { proveRole: refused('role_proof_failed') },
      'role_proof_failed',
      /MusterHarvest or muster-organization-/,
    ],
    [
      'D12: a role accepts every caller',
      { proveRefusal: async () => ({ refused: false }) },
      'external_id_not_enforced',
      /MusterHarvest or muster-organization-.{8} accepts Muster without its external id/,
    ],
    [
      'O5: the organization role lacks permissions',
      {
        checkSimulate: async () =>
          organizationRoleActions.map(({ action }) =>
            checked('simulate', action, action.endsWith('Roots') ? 'An SCP denies it.' : undefined),
          ),
      },
      'organization_checks_failed',
      /1 of \d+ checks of the organization role did not pass\. organizations:ListRoots: An SCP denies it\./,
    ],
    [
      'O5: AWS gives no answer about the organization role',
      {
        checkSimulate: noAnswer,
        checkDescribeOrganization: async () => ({ check: checked('describe_organization', undefined, 'no'), organization: null }),
      },
      'aws_unavailable',
      /no usable answer about the organization role\. describe_organization: no/,
    ],
    [
      'O5: the check ends without a verdict',
      { checkAssumeRole: refused('credentials_erased') },
      'credentials_erased',
      /ended without a verdict: It ended as credentials_erased/,
    ],
    [
      'O6: the organization was registered during the onboarding',
      { registerOrganization: refused('organization_exists') },
      'organization_exists',
      /It ended as organization_exists/,
    ],
  ])('%s', async (_what, activities, code, message) => {
    const { fake, result } = await approved(activities);
    expectEnded(fake, result, 'failed', code);
    expect(result.failure!.message).toMatch(message);
    expect(fake.count('deployAccountStack')).toBe(1);
    expect(fake.count('registerOrganization')).toBe(activities.registerOrganization ? 1 : 0);
  });

  it('the timeline names the resources that stay in the organization, with AWS’s reason, and the stack is removed', async () => {
    const leftInAccount = [{ type: 'AWS::CloudFormation::StackSet', name: 'muster-stack-set' }];
    const { fake } = await approved({
      proveRefusal: async () => ({ refused: false }),
      removeMemberRoles: async () => ({ removed: false, leftInAccount, reason: 'its stack instances are still there' }),
    });
    const [members, stack] = fake.entries.filter(({ type }) => type === 'stack_removal');
    expect(members).toMatchObject({ message: expect.stringContaining('its stack instances are still there'), detail: { leftInAccount } });
    expect(stack).toMatchObject({ message: expect.stringContaining('Nothing of the stack'), detail: { leftInAccount: [] } });
  });

  it('failed removals name the stack set and the stack, and the run still ends', async () => {
    const { fake, run, result } = await approved({
      deployMemberRoles: refused('session_ended'),
      removeMemberRoles: refused('session_ended'),
      removeAccountStack: refused('session_ended'),
    });
    expectEnded(fake, result, 'failed', 'session_ended');
    const left = fake.entries.flatMap(({ type, detail }) => (type === 'stack_removal' ? [detail] : []));
    expect(left).toEqual([
      { leftInAccount: [{ type: 'AWS::CloudFormation::StackSet', name: `muster-${run.requestId}` }] },
      { leftInAccount: [{ type: 'AWS::CloudFormation::Stack', name: `muster-${run.requestId}` }] },
    ]);
  });
});
