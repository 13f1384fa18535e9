import type { World } from '../../core/world.ts';
import type { Stack, StackResource } from '../stack.ts';
import { setResourceStatus } from './events.ts';
import { planOf } from './plan.ts';
import { deleteResource } from './resource.ts';
import { isCurrent } from './running.ts';

/**
 * Deletes a stack's remaining resources, dependencies last. A failed deletion does not stop the others. Answers the resources
 * that failed, or undefined when interrupted.
 */
export async function removeAll(world: World, stack: Stack, retain: string[] = []): Promise<StackResource[] | undefined> {
  const { template, order } = planOf(stack);
  const remaining = [...stack.resources.values()]
    .filter(({ status }) => status !== 'DELETE_COMPLETE' && status !== 'DELETE_SKIPPED')
    .sort((one, other) => order.indexOf(other.logicalId) - order.indexOf(one.logicalId));
  const failed: StackResource[] = [];
  for (const resource of remaining) {
    const policy = template.resources[resource.logicalId]?.DeletionPolicy;
    const isKept = policy === 'Retain' || (policy === 'RetainExceptOnCreate' && stack.status !== 'ROLLBACK_IN_PROGRESS');
    if (retain.includes(resource.logicalId) || (isKept && resource.physicalId !== undefined)) {
      setResourceStatus(world, stack, resource, 'DELETE_SKIPPED');
      continue;
    }
    const outcome = await deleteResource(world, stack, resource);
    if (!isCurrent(world, stack) || outcome === 'interrupted') return undefined;
    if (outcome === 'failed') failed.push(resource);
  }
  return failed;
}
