import { isDeepStrictEqual } from 'node:util';
import type { World } from '../../core/world.ts';
import type { Stack, StackResource } from '../stack.ts';
import { setStackStatus } from './events.ts';
import { namesOf, planOf, setOutputs } from './plan.ts';
import { deleteResource, updateResource } from './resource.ts';
import { isCurrent } from './running.ts';

/** Ends a failed update: the stack takes its former template back, and what the update has made becomes obsolete. */
export function turnBack(world: World, stack: Stack, reason: string): void {
  const operation = stack.operation!;
  const kept = new Map<string, StackResource>();
  for (const [logicalId, former] of operation.before!.resources) {
    const current = stack.resources.get(logicalId);
    kept.set(logicalId, current?.physicalId === former.physicalId ? current! : former);
  }
  operation.obsolete = [...stack.resources.values()].filter((resource) => kept.get(resource.logicalId) !== resource);
  const attemptedTags = stack.source.tags;
  stack.source = operation.before!.source;
  operation.before!.source = { ...stack.source, tags: attemptedTags };
  stack.resources = kept;
  setStackStatus(world, stack, 'UPDATE_ROLLBACK_IN_PROGRESS', reason);
}

/** Brings changed resources back and deletes what the update had made. */
export async function runUpdateRollback(world: World, stack: Stack): Promise<void> {
  const operation = stack.operation!;
  const failed: StackResource[] = [];
  for (const resource of stack.resources.values()) {
    const former = operation.before!.resources.get(resource.logicalId)!.properties;
    const attempted = resource.properties;
    if (resource.status !== 'UPDATE_IN_PROGRESS' && isDeepStrictEqual(attempted, former)) continue;
    const outcome = await updateResource(world, stack, resource, attempted, former);
    if (!isCurrent(world, stack)) return;
    if (outcome === 'failed') failed.push(resource);
  }
  for (const resource of operation.obsolete ?? []) {
    if (resource.status === 'DELETE_COMPLETE') continue;
    const outcome = await deleteResource(world, stack, resource);
    if (!isCurrent(world, stack)) return;
    if (outcome === 'failed') failed.push(resource);
  }
  setOutputs(stack, planOf(stack));
  if (failed.length === 0) setStackStatus(world, stack, 'UPDATE_ROLLBACK_COMPLETE');
  else setStackStatus(world, stack, 'UPDATE_ROLLBACK_FAILED', `The following resource(s) failed to update: ${namesOf(failed)}. `);
  delete stack.operation;
}
