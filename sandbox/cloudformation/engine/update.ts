import { isDeepStrictEqual } from 'node:util';
import type { World } from '../../core/world.ts';
import { handlers } from '../resources/registry.ts';
import type { Properties } from '../resources/types.ts';
import type { Stack, StackOperation, StackResource } from '../stack.ts';
import { setResourceStatus, setStackStatus } from './events.ts';
import { namesOf, newResource, planOf, propertiesOf, setOutputs } from './plan.ts';
import { createResource, deleteResource, updateResource } from './resource.ts';
import { isCurrent } from './running.ts';
import { turnBack } from './update-rollback.ts';

/** Creates, changes and replaces resources until the stack is what its new template says; the first failure turns it back. */
export async function runUpdate(world: World, stack: Stack): Promise<void> {
  const operation = stack.operation!;
  const plan = planOf(stack);
  for (const logicalId of plan.order) {
    const declaration = plan.template.resources[logicalId]!;
    const properties = propertiesOf(declaration, plan.scope);
    const resource = toWorkOn(world, stack, operation, newResource(world, logicalId, declaration, properties));
    if (resource === undefined) continue;
    const before = operation.before!.resources.get(logicalId)?.properties ?? {};
    const outcome =
      resource.status === 'CREATE_IN_PROGRESS'
        ? await createResource(world, stack, resource)
        : await updateResource(world, stack, resource, before, properties);
    if (!isCurrent(world, stack) || stack.operation !== operation) return;
    if (outcome === 'failed') {
      const verb = resource.status === 'CREATE_FAILED' ? 'create' : 'update';
      return turnBack(world, stack, `The following resource(s) failed to ${verb}: ${namesOf([resource])}. `);
    }
  }
  const removed = [...stack.resources.values()].filter(({ logicalId }) => !plan.order.includes(logicalId));
  for (const { logicalId } of removed) stack.resources.delete(logicalId);
  operation.obsolete = [...(operation.obsolete ?? []), ...removed];
  setOutputs(stack, plan);
  setStackStatus(world, stack, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
}

/** Deletes what the update has replaced or left out. A resource that cannot be deleted stays; the update counts as complete, as at AWS. */
export async function runCleanup(world: World, stack: Stack): Promise<void> {
  const { obsolete = [], before } = stack.operation!;
  const { template } = planOf(stack, before!.source);
  for (const resource of obsolete.toReversed()) {
    if (resource.status.startsWith('DELETE_') && resource.status !== 'DELETE_IN_PROGRESS') continue;
    if (template.resources[resource.logicalId]?.DeletionPolicy === 'Retain') {
      setResourceStatus(world, stack, resource, 'DELETE_SKIPPED');
      continue;
    }
    await deleteResource(world, stack, resource);
    if (!isCurrent(world, stack)) return;
  }
  setStackStatus(world, stack, 'UPDATE_COMPLETE');
  delete stack.operation;
}

/** The record to create or update so that it becomes `wanted`; undefined when it is that already. */
function toWorkOn(world: World, stack: Stack, operation: StackOperation, wanted: StackResource): StackResource | undefined {
  const current = stack.resources.get(wanted.logicalId);
  const isNew = operation.before!.resources.get(wanted.logicalId)?.physicalId !== current?.physicalId;
  if (current !== undefined && isNew) return current.status === 'CREATE_COMPLETE' ? undefined : current;
  if (current === undefined || needsReplacement(current, wanted)) {
    if (current !== undefined) operation.obsolete = [...(operation.obsolete ?? []), current];
    stack.resources.set(wanted.logicalId, wanted);
    world.touch();
    return wanted;
  }
  if (current.status === 'UPDATE_IN_PROGRESS') return current;
  const isSame = isDeepStrictEqual(current.properties, wanted.properties);
  return isSame && !tagsChanged(stack, operation, current) ? undefined : current;
}

function needsReplacement(current: StackResource, wanted: StackResource): boolean {
  const value = (properties: Properties, name: string): unknown => properties[name];
  return (
    current.type !== wanted.type ||
    handlers
      .get(wanted.type)!
      .createOnly.some((name) => !isDeepStrictEqual(value(current.properties, name), value(wanted.properties, name)))
  );
}

function tagsChanged(stack: Stack, operation: StackOperation, { type }: StackResource): boolean {
  return handlers.get(type)!.properties.includes('Tags') && !isDeepStrictEqual(operation.before!.source.tags, stack.source.tags);
}
