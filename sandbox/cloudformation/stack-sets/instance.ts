/** Brings one stack instance to what its stack set says, or takes it away: through the stacks' own operations, with a session in the target account. */
import { randomUUID } from 'node:crypto';
import { strikeOwnCall } from '../../control/faults.ts';
import { AwsError } from '../../core/aws-error.ts';
import type { Caller } from '../../core/caller.ts';
import type { World } from '../../core/world.ts';
import { settled } from '../engine/runner.ts';
import { cloudFormationState } from '../state.ts';
import type { Stack } from '../stack.ts';
import { isCurrent } from './access.ts';
import { sessionIn } from './session.ts';
import type { StackInstance, StackSet } from './state.ts';

/** Creates, updates or, after a failed creation, replaces the instance's stack. Throws AwsError with the reason. */
export async function deploy(world: World, set: StackSet, instance: StackInstance, operationId: string): Promise<void> {
  const caller = await sessionIn(world, set, instance.account, operationId);
  let stack = await settledStack(world, instance);
  // A stack that never came to be cannot be updated.
  if (stack && /^(ROLLBACK_|CREATE_FAILED|DELETE_FAILED)/.test(stack.status)) {
    await remove(world, set, instance, operationId);
    stack = undefined;
  }
  const input = {
    TemplateBody: set.source.templateBody,
    Parameters: set.source.parameters.map(({ key, value }) => ({
      ParameterKey: key,
      ParameterValue: instance.overrides.find((override) => override.key === key)?.value ?? value,
    })),
    Tags: set.source.tags,
    Capabilities: set.capabilities,
  };
  if (stack === undefined) {
    const StackName = `StackSet-${set.name}-${randomUUID()}`.slice(0, 128);
    const { StackId } = await asCaller<{ StackId: string }>(world, set, instance, caller, 'CreateStack', { StackName, ...input });
    instance.stackId = StackId;
    world.touch();
  } else {
    await asCaller(world, set, instance, caller, 'UpdateStack', { StackName: stack.id, ...input }).catch((error: unknown) => {
      if (!(error instanceof AwsError) || !error.message.startsWith('No updates')) throw error;
    });
  }
  const after = await settledStack(world, instance);
  if (after?.status !== 'CREATE_COMPLETE' && after?.status !== 'UPDATE_COMPLETE') throw failureOf(after);
}

/** Deletes the instance's stack; a stack that is already gone counts as deleted. Throws AwsError with the reason. */
export async function remove(world: World, set: StackSet, instance: StackInstance, operationId: string): Promise<void> {
  const stack = await settledStack(world, instance);
  if (stack !== undefined) {
    const caller = await sessionIn(world, set, instance.account, operationId);
    await asCaller(world, set, instance, caller, 'DeleteStack', { StackName: stack.id });
    await settled(world, stack.id);
    if (stack.status !== 'DELETE_COMPLETE') throw failureOf(stack);
  }
  delete instance.stackId;
}

/** The instance's stack when it is idle; undefined when the stack is gone. */
async function settledStack(world: World, { stackId = '' }: StackInstance): Promise<Stack | undefined> {
  await settled(world, stackId);
  const stack = cloudFormationState.of(world).stacks.get(stackId);
  return stack?.status === 'DELETE_COMPLETE' ? undefined : stack;
}

async function asCaller<T>(
  world: World,
  set: StackSet,
  { region }: StackInstance,
  caller: Caller,
  operation: string,
  input: Record<string, unknown>,
): Promise<T> {
  const { accountId, arn: callerArn } = caller;
  await strikeOwnCall(world, { service: 'cloudformation', operation, accountId, callerArn, input }, () => isCurrent(world, set));
  if (!isCurrent(world, set)) throw new AwsError('OperationNotFoundException', 'The stack set is gone.', 404);
  return world.invoke<T>('cloudformation', operation, input, caller, { region, via: 'cloudformation' });
}

/** The first resource that failed, as StackSets names it. */
function failureOf(stack: Stack | undefined): AwsError {
  const event = stack?.events.find(({ status, type }) => status.endsWith('_FAILED') && type !== 'AWS::CloudFormation::Stack');
  const reason = event
    ? `ResourceLogicalId:${event.logicalId}, ResourceType:${event.type}, ResourceStatusReason:${event.reason ?? ''}.`
    : (stack?.statusReason ?? 'The stack is gone.');
  return new AwsError('ValidationError', reason);
}
