import { expect } from 'vitest';
import type { DelegationOnboardingResult } from '../../workflows/contracts/delegation-onboarding.ts';
import type { FakeActivities } from './fake-activities.ts';

/** D6, whatever the ending: row and timeline tell it, the request is closed once and last, and a stack that began is removed. */
export function expectEnded(fake: FakeActivities, result: DelegationOnboardingResult, phase: string, code: string): void {
  expect(result).toMatchObject({ phase, cloudId: null, failure: { code } });
  expect(fake.row).toMatchObject({ phase, expiresAt: null, failure: result.failure });
  expect([fake.calls.at(-1), fake.count('closeRequest')]).toEqual(['closeRequest', 1]);
  expect(fake.entries.at(-1)).toMatchObject({ type: phase, message: result.failure!.message, detail: { code } });
  expect(fake.count('removeAccountStack')).toBe(fake.count('deployAccountStack') > 0 ? 1 : 0);
  expect(fake.timeline.includes('stack_removal')).toBe(fake.count('deployAccountStack') > 0);
}
