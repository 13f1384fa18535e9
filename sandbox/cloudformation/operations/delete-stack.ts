import { randomUUID } from 'node:crypto';
import type { Call } from '../../core/service.ts';
import { setStackStatus } from '../engine/events.ts';
import { work } from '../engine/runner.ts';
import { validationError } from '../errors.ts';
import { list, requiredText } from '../input.ts';
import type { Input } from '../input.ts';
import { readToken, rememberToken, stackOfToken } from '../tokens.ts';
import { forgetChangeSets } from '../change-sets/change-set.ts';
import { findStack } from './find.ts';

/** DeleteStack: a stack that is not there, is deleted or is being deleted is success; one in creation is stopped first. */
export function deleteStack(input: Input, call: Call): unknown {
  const nameOrId = requiredText(input, 'StackName');
  const token = readToken(input);
  const stack = findStack(call, nameOrId);
  if (stackOfToken(call, token, nameOrId) !== undefined || stack === undefined) return undefined;
  const retain = list<string>(input, 'RetainResources');
  if (retain.length > 0 && stack.status !== 'DELETE_FAILED') {
    throw validationError(
      `Invalid operation on stack [${stack.id}]. Specify resources to retain only for stacks in the DELETE_FAILED state.`,
    );
  }
  const unknown = retain.filter((logicalId) => !stack.resources.has(logicalId));
  if (unknown.length > 0) throw validationError(`The specified resources to retain do not exist in stack: [${unknown.join(', ')}]`);
  if (stack.status === 'DELETE_COMPLETE' || stack.status === 'DELETE_IN_PROGRESS') return undefined;
  if (stack.terminationProtection) {
    throw validationError(`Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`);
  }
  if (/^UPDATE_.*IN_PROGRESS$/.test(stack.status)) {
    throw validationError(`Stack [${stack.name}] cannot be deleted while in status ${stack.status}`);
  }
  stack.operation = { id: randomUUID(), type: 'DELETE_STACK', caller: call.caller, ...(token === undefined ? {} : { token }), retain };
  rememberToken(call, token, stack);
  forgetChangeSets(call.world, stack);
  setStackStatus(call.world, stack, 'DELETE_IN_PROGRESS', 'User Initiated');
  work(call.world, stack);
  return undefined;
}

/** UpdateTerminationProtection. */
export function updateTerminationProtection(input: Input, call: Call): unknown {
  const nameOrId = requiredText(input, 'StackName');
  const stack = findStack(call, nameOrId);
  if (stack === undefined) throw validationError(`Stack [${nameOrId}] does not exist`);
  stack.terminationProtection = requiredText(input, 'EnableTerminationProtection') === 'true';
  call.world.touch();
  return { StackId: stack.id };
}
