import type { Actor } from '../../db/audit.ts';

/** Whom the audit trail names when an onboarding run changes something. */
export const onboardingActor: Actor = { type: 'system', id: 'delegationOnboarding', name: 'Delegation onboarding' };
