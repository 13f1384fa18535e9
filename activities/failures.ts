import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { DrizzleQueryError } from 'drizzle-orm';
import { describeDatabaseError } from '../db/errors.ts';
import { failureTypes, type FailureDetail, type FailureType } from '../workflows/contracts/failures.ts';

const retried = new Set<FailureType>([failureTypes.throttled, failureTypes.notReady, failureTypes.conflict, failureTypes.transient]);

export interface FailureOptions {
  /** Our stable code, which a request's failure shows. */
  code: string;
  awsCode?: string | undefined;
  /** Milliseconds before the next attempt. */
  nextRetryDelayMs?: number;
}

/**
 * The failure that an activity ends with. Its message is for people and goes into the history, so it carries no secret.
 * Expected failures (throttling, not ready, conflict) are benign: they are not errors in logs and metrics.
 */
export function failure(type: FailureType, message: string, options: FailureOptions): ApplicationFailure {
  const detail: FailureDetail = { code: options.code, ...(options.awsCode ? { awsCode: options.awsCode } : {}) };
  const isExpected = type === failureTypes.throttled || type === failureTypes.notReady || type === failureTypes.conflict;
  return ApplicationFailure.create({
    type,
    message,
    nonRetryable: !retried.has(type),
    details: [detail],
    ...(options.nextRetryDelayMs === undefined ? {} : { nextRetryDelay: options.nextRetryDelayMs }),
    ...(isExpected ? { category: ApplicationFailureCategory.BENIGN } : {}),
  });
}

/**
 * The failure of a database query. A raw database error carries the query's parameters, and Temporal stores and shows
 * it. So the failure names only the error's code (D11).
 */
export function databaseFailure(error: unknown, attempted: string): ApplicationFailure {
  return failure(failureTypes.transient, `${attempted}: the database could not be used (${describeDatabaseError(error)})`, {
    code: 'database_unavailable',
  });
}

/** The failure of an error that a query threw; null for any other error. */
export function queryFailure(error: unknown, attempted: string): ApplicationFailure | null {
  return error instanceof DrizzleQueryError ? databaseFailure(error, attempted) : null;
}
