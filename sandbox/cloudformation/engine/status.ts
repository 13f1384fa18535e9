import type { Stack } from '../stack.ts';

/** Whether an operation on the stack is in progress; a stack in review waits for a change set to be executed. */
export function isInProgress(stack: Stack): boolean {
  return stack.status.endsWith('_IN_PROGRESS') && stack.status !== 'REVIEW_IN_PROGRESS';
}
