import { expect } from 'vitest';
import type { DelegationOnboardingResult } from '../../workflows/contracts/delegation-onboarding.ts';
import type { FakeActivities } from './fake-activities.ts';

/** D6, for every ending: row and timeline show it, the request is closed once and last, and started deployments are removed. */
export function expectEnded(fake: FakeActivities, result: DelegationOnboardingResult, phase: string, code: string): void {
  expect(result).toMatchObject({ phase, cloudId: null, organizationId: null, failure: { code } });
  expect(fake.row).toMatchObject({ phase, expiresAt: null, failure: result.failure });
  expect([fake.calls.at(-1), fake.count('closeRequest')]).toEqual(['closeRequest', 1]);
  expect(fake.entries.at(-1)).toMatchObject({ type: phase, message: result.failure!.message, detail: { code } });
  // The members' roles are removed before the stack, whose role can still read them.
  const began = { removeMemberRoles: fake.count('deployMemberRoles') > 0, removeAccountStack: fake.count('deployAccountStack') > 0 };
  const removals = Object.entries(began).flatMap(([removal, isDue]) => (isDue ? [removal] : []));
  expect(fake.calls.filter((call) => call in began)).toEqual(removals);
  expect(fake.timeline.filter((type) => type === 'stack_removal')).toHaveLength(removals.length);
}
