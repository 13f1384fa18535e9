import type { World } from '../../core/world.ts';
import type { Stack, StackStatus } from '../stack.ts';
import { failCreation } from './create.ts';
import { setStackStatus } from './events.ts';
import { turnBack } from './update-rollback.ts';

const FAILED: Partial<Record<StackStatus, StackStatus>> = {
  DELETE_IN_PROGRESS: 'DELETE_FAILED',
  ROLLBACK_IN_PROGRESS: 'ROLLBACK_FAILED',
  UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: 'UPDATE_COMPLETE',
  UPDATE_ROLLBACK_IN_PROGRESS: 'UPDATE_ROLLBACK_FAILED',
};

/** Ends a phase that met an error outside of any resource, such as an output that cannot be evaluated. */
export function abort(world: World, stack: Stack, error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  if (stack.status === 'CREATE_IN_PROGRESS') return failCreation(world, stack, reason);
  if (stack.status === 'UPDATE_IN_PROGRESS') return turnBack(world, stack, reason);
  setStackStatus(world, stack, FAILED[stack.status]!, reason);
  delete stack.operation;
}
