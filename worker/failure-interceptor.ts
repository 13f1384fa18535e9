import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker';
import type { Logger } from 'pino';
import { databaseFailure, failure } from '../activities/failures.ts';
import { describeDatabaseError, isDatabaseError } from '../db/errors.ts';
import { SealingKeyMissing } from '../db/sealing/sealer.ts';
import { failureTypes } from '../workflows/contracts/failures.ts';
import type { ActivityContext } from './activity-context.ts';

/**
 * Casts whatever an activity throws into a known failure. What Temporal records is shown to operators and kept in
 * histories, and a raw database error carries the query's parameters: only its code goes on.
 */
export function createFailureInterceptor(logger: Logger, context: ActivityContext): ActivityInboundCallsInterceptor {
  return {
    async execute(input, next) {
      try {
        return await next(input);
      } catch (error) {
        throw castFailure(error, logger, context);
      }
    },
  };
}

export function castFailure(error: unknown, logger: Logger, context: ActivityContext): Error {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  const { activityType } = context;
  if (isDatabaseError(error)) {
    const what = describeDatabaseError(error);
    logger.warn({ ...context, fault: what }, 'an activity could not use the database');
    return databaseFailure(error, `${activityType} failed`);
  }
  // While keys are rotated, another worker has the key, or this one once it was restarted.
  if (error instanceof SealingKeyMissing) {
    logger.warn({ ...context, fault: error.message }, 'an activity met a value of a sealing key that is not here');
    return failure(failureTypes.transient, error.message, { code: 'sealing_key_missing' });
  }
  const stack = error instanceof Error ? error.stack : undefined;
  logger.error({ ...context, stack }, 'an activity failed unexpectedly');
  const name = error instanceof Error ? error.name : 'unknown error';
  return failure(failureTypes.defect, `${activityType} failed unexpectedly (${name}); the worker's log has the details`, {
    code: 'internal_error',
  });
}
