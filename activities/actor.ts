import type { Actor } from '../db/audit.ts';

/** Whom the audit trail names when an onboarding run changes something. */
export const onboardingActor: Actor = { type: 'system', id: 'delegationOnboarding', name: 'Delegation onboarding' };
/** Whom it names when a sync changes clouds of its organization. */
export const organizationSyncActor: Actor = { type: 'system', id: 'organizationSync', name: 'Organization sync' };
/** Whom it names when held removals are answered, expire or are superseded. */
export const removalHoldActor: Actor = { type: 'system', id: 'removalHold', name: 'Removal hold' };
