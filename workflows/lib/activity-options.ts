/**
 * The activities as workflows call them: for each retry class, a proxy of those that the contracts declare with it. Each
 * class has two bounds: one for an attempt, and one for all attempts together unless the work must go on until it is
 * done.
 */
import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { ActivitiesOf } from '../contracts/activities.ts';
import { failureTypes } from '../contracts/failures.ts';

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
export const registry = proxyActivities<ActivitiesOf<'registry'>>({
  startToCloseTimeout: '15s',
  retry: { initialInterval: '500ms', maximumInterval: '20s', nonRetryableErrorTypes: neverRetried },
});

/** As `registry`, for what writes a thousand rows, or drops a snapshot, in one transaction. */
export const bulk = proxyActivities<ActivitiesOf<'bulk'>>({
  startToCloseTimeout: '60s',
  retry: { initialInterval: '500ms', maximumInterval: '20s', nonRetryableErrorTypes: neverRetried },
});

/** Calls that must not be repeated blindly. One attempt; a lost answer is an unknown outcome. */
export const once = proxyActivities<ActivitiesOf<'once'>>({
  startToCloseTimeout: '8s',
  scheduleToCloseTimeout: '1h',
  retry: { maximumAttempts: 1 },
});

/** Long work that heartbeats; a worker that dies is noticed by the silence. `limit` bounds all attempts, in milliseconds. */
export function longRunning(limit: number) {
  return proxyActivities<ActivitiesOf<'longRunning'>>({
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
  return proxyActivities<ActivitiesOf<'sweep'>>({
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
export const checking = proxyActivities<ActivitiesOf<'checking'>>({
  startToCloseTimeout: '5m',
  scheduleToCloseTimeout: '15m',
  heartbeatTimeout: '20s',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '1s', maximumInterval: '20s', nonRetryableErrorTypes: neverRetried },
});

/** Questions asked again until the answer is there. `limit` bounds all attempts, in milliseconds. */
export function poll(limit: number) {
  return proxyActivities<ActivitiesOf<'poll'>>({
    startToCloseTimeout: '15s',
    scheduleToCloseTimeout: limit,
    retry: { initialInterval: '1s', maximumInterval: '10s', nonRetryableErrorTypes: neverRetried },
  });
}

/** Checks whose answer somebody waits for. `limit` bounds all attempts, in milliseconds. */
export function validation(limit: number) {
  return proxyActivities<ActivitiesOf<'validation'>>({
    startToCloseTimeout: '10s',
    scheduleToCloseTimeout: limit,
    retry: { initialInterval: '500ms', maximumInterval: '4s', nonRetryableErrorTypes: neverRetried },
  });
}
