import type { World } from '../../core/world.ts';
import type { Stack } from '../stack.ts';
import { runCreate } from './create.ts';
import { runDelete } from './delete.ts';
import { runRollback } from './rollback.ts';
import { runCleanup, runUpdate } from './update.ts';
import { runUpdateRollback } from './update-rollback.ts';

/**
 * Runs the phase that the stack's status names. Each phase finds its own place from the resources' statuses, ends by
 * setting the next status, and returns early when the sandbox stops or another operation has taken the stack over.
 */
export async function advance(world: World, stack: Stack): Promise<void> {
  switch (stack.status) {
    case 'CREATE_IN_PROGRESS':
      return runCreate(world, stack);
    case 'ROLLBACK_IN_PROGRESS':
      return runRollback(world, stack);
    case 'DELETE_IN_PROGRESS':
      return runDelete(world, stack);
    case 'UPDATE_IN_PROGRESS':
      return runUpdate(world, stack);
    case 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS':
      return runCleanup(world, stack);
    case 'UPDATE_ROLLBACK_IN_PROGRESS':
      return runUpdateRollback(world, stack);
    default:
      return;
  }
}
