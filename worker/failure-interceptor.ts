import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker';
import type { Logger } from 'pino';
import { databaseFailure, failure } from '../activities/failures.ts';
import { describeDatabaseError, isDatabaseError } from '../db/errors.ts';
import { SealingKeyMissing } from '../db/sealing/sealer.ts';
import { failureTypes } from '../workflows/contracts/failures.ts';
import type { ActivityContext } from './activity-context.ts';

/**
 * Converts every error of an activity into a known failure. Temporal shows failures to operators and keeps them in histories,
 * so a database error passes on only its code: the error itself carries the query's parameters.
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
    logger.warn({ ...context, fault: describeDatabaseError(error) }, 'an activity could not use the database');
    return databaseFailure(error, `${activityType} failed`);
  }
  // During a key rotation another worker may have the key, or this one after a restart.
  if (error instanceof SealingKeyMissing) {
    logger.warn({ ...context, fault: error.message }, 'an activity cannot decrypt a value, because this worker lacks its sealing key');
    return failure(failureTypes.transient, error.message, { code: 'sealing_key_missing' });
  }
  const stack = error instanceof Error ? error.stack : undefined;
  logger.error({ ...context, stack }, 'an activity failed unexpectedly');
  const name = error instanceof Error ? error.name : 'unknown error';
  return failure(failureTypes.defect, `${activityType} failed unexpectedly (${name}); the worker's log has the details`, {
    code: 'internal_error',
  });
}
