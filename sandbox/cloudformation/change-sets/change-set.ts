/** Finding change sets, and ending them with their stack. */
import { randomUUID } from 'node:crypto';
import type { Call } from '../../core/service.ts';
import type { World } from '../../core/world.ts';
import { AwsError } from '../../core/aws-error.ts';
import { partitionOf, stackArn } from '../arns.ts';
import { validationError } from '../errors.ts';
import { requiredText, text } from '../input.ts';
import type { Input } from '../input.ts';
import { cloudFormationState } from '../state.ts';
import type { Stack } from '../stack.ts';
import type { ChangeSet } from './state.ts';

export function newChangeSetId({ caller, region }: Call, name: string): string {
  return `arn:${partitionOf(region)}:cloudformation:${region}:${caller.accountId}:changeSet/${name}/${randomUUID()}`;
}

/**
 * The change set and its stack that a call names: by the change set's ARN alone, or by its name with the stack. The caller must be
 * allowed `cloudformation:<operation>` on the stack. Throws ChangeSetNotFound, or ValidationError for a stack that is not there.
 */
export function findChangeSet(call: Call, input: Input): { changeSet: ChangeSet; stack: Stack } {
  const nameOrId = requiredText(input, 'ChangeSetName');
  const stackName = text(input, 'StackName');
  const { changeSets, stacks } = cloudFormationState.of(call.world);
  const isArn = nameOrId.startsWith('arn:');
  if (!isArn && stackName === undefined) throw validationError('StackName must be specified if ChangeSetName is not specified as an ARN.');
  const stack = isArn ? stacks.get(changeSets.get(nameOrId)?.stackId ?? '') : liveStack(call, stackName!);
  const isOwn = stack?.accountId === call.caller.accountId && stack.region === call.region;
  const resource = isOwn ? stack.id : stackArn(call.caller.accountId, call.region, stackName ?? '*');
  call.authorize(`cloudformation:${call.operation}`, resource, { 'cloudformation:ChangeSetName': nameOrId });
  if (!isArn && !isOwn) throw validationError(`Stack [${stackName}] does not exist`);
  const changeSet = isOwn ? changeSetsOf(call.world, stack).find(({ id, name }) => id === nameOrId || name === nameOrId) : undefined;
  if (stack === undefined || changeSet === undefined)
    throw new AwsError('ChangeSetNotFound', `ChangeSet [${nameOrId}] does not exist`, 404);
  return { changeSet, stack };
}

export function changeSetsOf(world: World, stack: Stack): ChangeSet[] {
  return [...cloudFormationState.of(world).changeSets.values()].filter(({ stackId }) => stackId === stack.id);
}

/** A stack's change sets end with it (User Guide, "Delete a change set"). */
export function forgetChangeSets(world: World, stack: Stack): void {
  const { changeSets } = cloudFormationState.of(world);
  for (const { id } of changeSetsOf(world, stack)) changeSets.delete(id);
}

/** The stack that a name means, or an id, if it is not deleted. */
export function liveStack({ world, caller, region }: Call, nameOrId: string): Stack | undefined {
  return [...cloudFormationState.of(world).stacks.values()].find(
    (stack) =>
      stack.accountId === caller.accountId &&
      stack.region === region &&
      stack.status !== 'DELETE_COMPLETE' &&
      (stack.name === nameOrId || stack.id === nameOrId),
  );
}
