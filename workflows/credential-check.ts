import { CancellationScope, setCurrentDetails, setHandler } from '@temporalio/workflow';
import { organizationRoleActions } from '../domain/organizations/actions.ts';
import { registry, validation } from './lib/activity-options.ts';
import { readActivityProblem } from './lib/activity-problem.ts';
import { isUnanswered } from './lib/unanswered.ts';
import {
  credentialCheckTimeoutMs,
  credentialCheckQuery,
  type CredentialCheckInput,
  type CredentialCheckItem,
  type CredentialCheckResult,
  type DescribedOrganization,
} from './contracts/credential-check.ts';

/**
 * Proves an organization's credentials (O5): assumes the organization role, describes its organization and simulates its
 * permissions. Looks up the units and accounts of the scope if its caller names them (O8). The run erases credentials that are not accepted before it reports its result, also if it is cancelled or
 * fails.
 */
export async function credentialCheck({ credentialSetId, scopeIds = [] }: CredentialCheckInput): Promise<CredentialCheckResult> {
  const state = { checks: [] as CredentialCheckItem[], waitingFor: '' };
  setHandler(credentialCheckQuery, () => state);
  const waitFor = (what: string) => {
    state.waitingFor = what;
    setCurrentDetails(what);
  };
  const deadline = Date.now() + credentialCheckTimeoutMs;
  const untilDeadline = () => validation(Math.max(deadline - Date.now(), 1));

  let organization: DescribedOrganization | null = null;
  let verdict: CredentialCheckResult['verdict'] = 'unavailable';
  try {
    waitFor('Assuming the organization role');
    const assumed = await answerOf(untilDeadline().checkAssumeRole({ credentialSetId }));
    if (assumed) {
      state.checks.push(assumed);
      if (assumed.passed) {
        waitFor('Describing the organization and simulating the permissions of its role');
        const [described, simulated, looked] = await together(
          answerOf(untilDeadline().checkDescribeOrganization({ credentialSetId })),
          answerOf(untilDeadline().checkSimulate({ credentialSetId })),
          // Runs of older versions have no ids, so they schedule no further activity.
          scopeIds.length === 0 ? Promise.resolve([]) : answerOf(untilDeadline().checkScope({ credentialSetId, scopeIds })),
        );
        state.checks.push(...(described ? [described.check] : []), ...(simulated ?? []), ...(looked ?? []));
        organization = described?.organization ?? null;
        if (described && simulated && looked) verdict = verdictOn(state.checks);
      } else {
        state.checks.push(...notTried());
        verdict = 'refused';
      }
    }
    return { verdict, checks: state.checks, organization };
  } finally {
    if (verdict !== 'accepted') {
      waitFor('Erasing the credentials');
      await CancellationScope.nonCancellable(() => registry.eraseCredentials({ credentialSetId }));
    }
    waitFor('');
  }
}

/** The answer of a check; null if transient faults did not end in time. */
async function answerOf<T>(check: Promise<T>): Promise<T | null> {
  try {
    return await check;
  } catch (error) {
    if (isUnanswered(readActivityProblem(error).type)) return null;
    throw error;
  }
}

/** Waits for all answers. Fails if one has failed, but not before the others have ended. */
async function together<A, B, C>(one: Promise<A>, other: Promise<B>, third: Promise<C>): Promise<[A, B, C]> {
  await Promise.allSettled([one, other, third]);
  return [await one, await other, await third];
}

function verdictOn(checks: readonly CredentialCheckItem[]): 'accepted' | 'refused' {
  return checks.every(({ passed }) => passed) ? 'accepted' : 'refused';
}

/** The checks after a role that could not be assumed. They are listed so that people see all requirements. */
function notTried(): CredentialCheckItem[] {
  const message = 'Not tried, because the organization role could not be assumed.';
  return [
    { name: 'describe_organization', passed: false, message },
    ...organizationRoleActions.map(({ action }): CredentialCheckItem => ({ name: 'simulate', action, passed: false, message })),
  ];
}
