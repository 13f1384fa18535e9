import type { World } from '../../core/world.ts';
import type { Stack } from '../stack.ts';
import { setStackStatus } from './events.ts';
import { namesOf } from './plan.ts';
import { removeAll } from './remove-all.ts';

/** Deletes a stack's resources, except those to retain. */
export async function runDelete(world: World, stack: Stack): Promise<void> {
  const operation = stack.operation!;
  const failed = await removeAll(world, stack, operation.retain);
  if (failed === undefined || stack.operation !== operation) return;
  if (failed.length === 0) setStackStatus(world, stack, 'DELETE_COMPLETE');
  else setStackStatus(world, stack, 'DELETE_FAILED', `The following resource(s) failed to delete: ${namesOf(failed)}. `);
  delete stack.operation;
}
