import type { ActivityFunctions, RetryClass } from './activity.ts';
import type { AutoBadgingActivities } from './auto-badging.ts';
import type { CloudRecheckActivities } from './cloud-recheck.ts';
import type { CloudRoleProofActivities } from './cloud-role-proof.ts';
import type { CredentialCheckActivities } from './credential-check.ts';
import type { DelegationCleanUpActivities } from './delegation-clean-up.ts';
import type { DelegationOnboardingActivities } from './delegation-onboarding.ts';
import type { OrganizationKeeperActivities } from './organization-keeper.ts';
import type { OrganizationSyncActivities } from './organization-sync.ts';
import type { RemovalHoldActivities } from './removal-hold.ts';
import type { ScheduleTickActivities } from './schedule-tick.ts';

/** The declarations of all contracts. */
interface Declarations
  extends
    AutoBadgingActivities,
    CloudRecheckActivities,
    CloudRoleProofActivities,
    CredentialCheckActivities,
    DelegationCleanUpActivities,
    DelegationOnboardingActivities,
    OrganizationKeeperActivities,
    OrganizationSyncActivities,
    RemovalHoldActivities,
    ScheduleTickActivities {}

/** Every activity of Muster. The names are the registered names, which never change. A worker binds exactly these. */
export type Activities = ActivityFunctions<Declarations>;

/** The activities of one retry class. */
export type ActivitiesOf<Class extends RetryClass> = ActivityFunctions<{
  [Name in keyof Declarations as Declarations[Name] extends { retryClass: Class } ? Name : never]: Declarations[Name];
}>;
