import type { Actor } from '../db/audit.ts';

/** The actor of an onboarding run's changes in the audit trail. */
export const onboardingActor: Actor = { type: 'system', id: 'delegationOnboarding', name: 'Delegation onboarding' };
/** The actor of a sync's changes to clouds of its organization. */
export const organizationSyncActor: Actor = { type: 'system', id: 'organizationSync', name: 'Organization sync' };
/** The actor when held removals are answered, expire or are superseded. */
export const removalHoldActor: Actor = { type: 'system', id: 'removalHold', name: 'Removal hold' };
