import { failureTypes } from '../contracts/failures.ts';

/** The failures of an activity that AWS gave no answer to; null stands for a timeout. */
const unanswered: (string | null)[] = [failureTypes.throttled, failureTypes.transient, failureTypes.notReady, failureTypes.conflict, null];

/** Whether a failure proves nothing, because AWS gave no answer. */
export function isUnanswered(type: string | null): boolean {
  return unanswered.includes(type);
}
