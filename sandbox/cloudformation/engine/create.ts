import type { World } from '../../core/world.ts';
import type { Stack } from '../stack.ts';
import { setOutputs, namesOf, newResource, planOf, propertiesOf } from './plan.ts';
import { setStackStatus } from './events.ts';
import { createResource } from './resource.ts';
import { isCurrent } from './running.ts';

/** Creates what is still missing, one resource after the other; the first failure ends it. */
export async function runCreate(world: World, stack: Stack): Promise<void> {
  const plan = planOf(stack);
  for (const logicalId of plan.order) {
    if (stack.resources.get(logicalId)?.status === 'CREATE_COMPLETE') continue;
    const declaration = plan.template.resources[logicalId]!;
    const resource = stack.resources.get(logicalId) ?? newResource(world, logicalId, declaration, propertiesOf(declaration, plan.scope));
    stack.resources.set(logicalId, resource);
    const outcome = await createResource(world, stack, resource);
    if (!isCurrent(world, stack) || stack.status !== 'CREATE_IN_PROGRESS') return;
    if (outcome === 'failed') return failCreation(world, stack, `The following resource(s) failed to create: ${namesOf([resource])}.`);
    const { deadline } = stack.operation!;
    if (deadline !== undefined && world.now() > deadline) {
      return failCreation(world, stack, 'Stack creation time exceeded the specified timeout.');
    }
  }
  setOutputs(stack, plan);
  setStackStatus(world, stack, 'CREATE_COMPLETE');
  delete stack.operation;
}

/** Ends a creation that has failed: the stack stays as it is, is rolled back or deleted, as its OnFailure says. */
export function failCreation(world: World, stack: Stack, reason: string): void {
  if (stack.onFailure === 'DO_NOTHING') {
    setStackStatus(world, stack, 'CREATE_FAILED', reason);
    delete stack.operation;
    return;
  }
  const status = stack.onFailure === 'DELETE' ? 'DELETE_IN_PROGRESS' : 'ROLLBACK_IN_PROGRESS';
  setStackStatus(world, stack, status, `${reason} Rollback requested by user.`);
}
