/**
 * The activities as workflows call them: for each retry class, a proxy of the activities that the contracts declare with
 * it. Each class limits the time of an attempt, and of all attempts together unless the work must go on until it is done.
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
  failureTypes.superseded,
];

/**
 * Reads and writes of Muster's database. They are retried until they succeed, because an outage of the database may delay
 * a run but must not end it.
 */
export const registry = proxyActivities<ActivitiesOf<'registry'>>({
  startToCloseTimeout: '15s',
  retry: { initialInterval: '500ms', maximumInterval: '20s', nonRetryableErrorTypes: neverRetried },
});

/** As `registry`, for transactions that write a thousand rows or delete a snapshot. */
export const bulk = proxyActivities<ActivitiesOf<'bulk'>>({
  startToCloseTimeout: '60s',
  retry: { initialInterval: '500ms', maximumInterval: '20s', nonRetryableErrorTypes: neverRetried },
});

/** Calls that must not be repeated blindly: one attempt, and a lost answer is an unknown outcome. */
export const once = proxyActivities<ActivitiesOf<'once'>>({
  startToCloseTimeout: '8s',
  scheduleToCloseTimeout: '1h',
  retry: { maximumAttempts: 1 },
});

/** Long work that heartbeats, so that Temporal notices a dead worker. `limit` is for all attempts together, in milliseconds. */
export function longRunning(limit: number) {
  return proxyActivities<ActivitiesOf<'longRunning'>>({
    scheduleToCloseTimeout: limit,
    heartbeatTimeout: '20s',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { initialInterval: '1s', maximumInterval: '20s', nonRetryableErrorTypes: neverRetried },
  });
}

/**
 * Listings of a whole organization, which may take hours. An attempt resumes where the one before it stopped. `limit` is
 * for all attempts together, in milliseconds.
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
 * Batches of checks. Outcomes are kept, so a retry checks only the remaining accounts. The rounds of deferred checks take
 * over a batch that fails.
 */
export const checking = proxyActivities<ActivitiesOf<'checking'>>({
  startToCloseTimeout: '5m',
  scheduleToCloseTimeout: '15m',
  heartbeatTimeout: '20s',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '1s', maximumInterval: '20s', nonRetryableErrorTypes: neverRetried },
});

/** Calls that are retried until their condition holds. `limit` is for all attempts together, in milliseconds. */
export function poll(limit: number) {
  return proxyActivities<ActivitiesOf<'poll'>>({
    startToCloseTimeout: '15s',
    scheduleToCloseTimeout: limit,
    retry: { initialInterval: '1s', maximumInterval: '10s', nonRetryableErrorTypes: neverRetried },
  });
}

/**
 * Proofs of new roles, which IAM takes a while to propagate. `limit`, in milliseconds, limits the attempts and not the time:
 * an outage of the workers must not end a proof. The shortest pause between two attempts is a second.
 */
export function proof(limit: number) {
  return proxyActivities<ActivitiesOf<'proof'>>({
    startToCloseTimeout: '15s',
    retry: {
      initialInterval: '1s',
      maximumInterval: '10s',
      maximumAttempts: Math.ceil(limit / 1_000),
      nonRetryableErrorTypes: neverRetried,
    },
  });
}

/** Checks for a caller who waits for the answer. `limit` is for all attempts together, in milliseconds. */
export function validation(limit: number) {
  return proxyActivities<ActivitiesOf<'validation'>>({
    startToCloseTimeout: '10s',
    scheduleToCloseTimeout: limit,
    retry: { initialInterval: '500ms', maximumInterval: '4s', nonRetryableErrorTypes: neverRetried },
  });
}
