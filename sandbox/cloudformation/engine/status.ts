import type { Stack } from '../stack.ts';

/** Whether an operation on the stack is in progress. */
export function isInProgress(stack: Stack): boolean {
  return stack.status.endsWith('_IN_PROGRESS');
}
