import type { World } from '../../core/world.ts';
import type { Stack } from '../stack.ts';
import { setStackStatus } from './events.ts';
import { namesOf } from './plan.ts';
import { removeAll } from './remove-all.ts';

/** Deletes the resources of a failed creation; a resource that cannot be deleted strands the stack in ROLLBACK_FAILED. */
export async function runRollback(world: World, stack: Stack): Promise<void> {
  const failed = await removeAll(world, stack);
  if (failed === undefined || stack.status !== 'ROLLBACK_IN_PROGRESS') return;
  if (failed.length === 0) setStackStatus(world, stack, 'ROLLBACK_COMPLETE');
  else setStackStatus(world, stack, 'ROLLBACK_FAILED', `The following resource(s) failed to delete: ${namesOf(failed)}. `);
  delete stack.operation;
}
