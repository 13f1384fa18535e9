import type { Call } from '../../core/service.ts';
import { stackArn } from '../arns.ts';
import { validationError } from '../errors.ts';
import { cloudFormationState } from '../state.ts';
import type { Stack } from '../stack.ts';

/**
 * The stack that a name or id means to this caller: a name means the stack that is not deleted, an id also a deleted
 * one (DescribeStacks API reference). The caller must be allowed `cloudformation:<operation>` on it.
 */
export function findStack(call: Call, nameOrId: string): Stack | undefined {
  const stacks = [...cloudFormationState.of(call.world).stacks.values()].filter(
    ({ accountId, region }) => accountId === call.caller.accountId && region === call.region,
  );
  const stack = stacks.find(({ id, name, status }) => id === nameOrId || (name === nameOrId && status !== 'DELETE_COMPLETE'));
  const byName = stackArn(call.caller.accountId, call.region, nameOrId);
  call.authorize(`cloudformation:${call.operation}`, stack?.id ?? (nameOrId.startsWith('arn:') ? nameOrId : byName));
  return stack;
}

/** As findStack; throws ValidationError, by default "Stack with id X does not exist". */
export function requireStack(call: Call, nameOrId: string, message = `Stack with id ${nameOrId} does not exist`): Stack {
  const stack = findStack(call, nameOrId);
  if (stack === undefined) throw validationError(message);
  return stack;
}
