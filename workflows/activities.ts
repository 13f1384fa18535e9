/**
 * The activities as workflows call them, grouped by what a repetition can do. Each group has two bounds: one for an
 * attempt, and one for all attempts together unless the work must go on until it is done.
 */
import { ActivityCancellationType, proxyActivities, type ActivityOptions } from '@temporalio/workflow';
import type { AwsActivities, RegistryActivities } from './contracts/activities.ts';
import type { OrganizationAwsActivities, OrganizationRegistryActivities } from './contracts/activities-organizations.ts';
import { failureTypes } from './contracts/failures.ts';

const neverRetried: string[] = [
  failureTypes.outcomeUnknown,
  failureTypes.accessDenied,
  failureTypes.precondition,
  failureTypes.invalidInput,
  failureTypes.defect,
];

/**
 * Writes to our own database. They go on until they succeed: a database that is away for an hour delays a run and
 * must not end it.
 */
export const registry = proxyActivities<RegistryActivities & Pick<OrganizationRegistryActivities, SmallWrite>>({
  startToCloseTimeout: '15s',
  retry: { initialInterval: '500ms', maximumInterval: '20s', nonRetryableErrorTypes: neverRetried },
});

type SmallWrite =
  | 'takeNextSync'
  | 'isOrganizationKept'
  | 'enterSyncPhase'
  | 'recordHeldRemovals'
  | 'findHeldRemovals'
  | 'endHeldRemovals'
  | 'requestScheduledWork'
  | 'eraseCredentials';

/** As `registry`, for what writes a thousand rows, or drops a snapshot, in one transaction. */
export const bulk = proxyActivities<Pick<OrganizationRegistryActivities, BulkWrite>>({
  startToCloseTimeout: '60s',
  retry: { initialInterval: '500ms', maximumInterval: '20s', nonRetryableErrorTypes: neverRetried },
});

type BulkWrite =
  | 'finishSync'
  | 'beginPlanning'
  | 'divideUnchecked'
  | 'giveUpChecks'
  | 'planSlice'
  | 'publishTree'
  | 'removeClouds'
  | 'badgeSlice'
  | 'prepareRecheck'
  | 'recordOutcomes'
  | 'prepareBadging'
  | 'reuseSnapshot'
  | 'finishPreview';

/** Calls that must not be repeated blindly. One attempt; a lost answer is an unknown outcome. */
export const once = proxyActivities<Pick<AwsActivities, 'createDelegationRequest'>>({
  startToCloseTimeout: '8s',
  scheduleToCloseTimeout: '1h',
  retry: { maximumAttempts: 1 },
});

/** Long work that heartbeats; a worker that dies is noticed by the silence. `limit` bounds all attempts, in milliseconds. */
export function longRunning(limit: number) {
  return proxyActivities<Pick<AwsActivities, 'deployAccountStack' | 'removeAccountStack' | 'deployMemberRoles' | 'removeMemberRoles'>>({
    scheduleToCloseTimeout: limit,
    heartbeatTimeout: '20s',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { initialInterval: '1s', maximumInterval: '20s', nonRetryableErrorTypes: neverRetried },
  });
}

/**
 * Readings of a whole organization: hours at most, and each attempt goes on where the one before it stopped. `limit`
 * bounds all attempts, in milliseconds.
 */
export function sweep(limit: number) {
  return proxyActivities<Pick<OrganizationAwsActivities, 'takeInventory' | 'readTags'>>({
    scheduleToCloseTimeout: limit,
    heartbeatTimeout: '30s',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { initialInterval: '1s', maximumInterval: '30s', nonRetryableErrorTypes: neverRetried },
  });
}

/**
 * Batches of checks. What a batch has found is kept, so a repetition asks only for the rest; one that comes to no end is
 * left to the rounds of deferred checks.
 */
export const checking = proxyActivities<Pick<OrganizationAwsActivities, 'checkAccounts'>>({
  startToCloseTimeout: '5m',
  scheduleToCloseTimeout: '15m',
  heartbeatTimeout: '20s',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '1s', maximumInterval: '20s', nonRetryableErrorTypes: neverRetried },
});

/** Questions asked again until the answer is there. `limit` bounds all attempts, in milliseconds. */
export function poll(limit: number) {
  return proxyActivities<Pick<AwsActivities, 'proveRole' | 'proveRefusal' | 'checkCloudRole' | 'checkOrganizationAccess'>>(
    pollOptions(limit),
  );
}

function pollOptions(limit: number): ActivityOptions {
  return {
    startToCloseTimeout: '15s',
    scheduleToCloseTimeout: limit,
    retry: { initialInterval: '1s', maximumInterval: '10s', nonRetryableErrorTypes: neverRetried },
  };
}

/** Checks whose answer somebody waits for. `limit` bounds all attempts, in milliseconds. */
export function validation(limit: number) {
  return proxyActivities<Pick<OrganizationAwsActivities, 'checkAssumeRole' | 'checkDescribeOrganization' | 'checkSimulate'>>({
    startToCloseTimeout: '10s',
    scheduleToCloseTimeout: limit,
    retry: { initialInterval: '500ms', maximumInterval: '4s', nonRetryableErrorTypes: neverRetried },
  });
}
