import { AwsError } from '../core/types.ts';
import type { Call } from '../core/types.ts';
import type { Stack } from './state.ts';

/**
 * The stack that an earlier call with this client request token worked on, or undefined for a new token.
 * Throws TokenAlreadyExistsException when the token was used for another operation or stack
 * (CreateStack API reference, ClientRequestToken; aws-facts §3.4).
 */
export function stackOfToken(call: Call, token: string | undefined, nameOrId: string): Stack | undefined {
  const { tokens, stacks } = call.world.state.cloudFormation;
  const used = token === undefined ? undefined : tokens.get(keyOf(call, token));
  if (used === undefined) return undefined;
  const stack = stacks.get(used.stackId);
  if (used.operation !== call.operation || stack === undefined || (stack.name !== nameOrId && stack.id !== nameOrId)) {
    throw new AwsError('TokenAlreadyExistsException', `A client request token already exists: ${token}`, 400);
  }
  return stack;
}

/** Remembers that this call's token stands for this stack's operation. */
export function rememberToken(call: Call, token: string | undefined, stack: Stack): void {
  if (token === undefined) return;
  call.world.state.cloudFormation.tokens.set(keyOf(call, token), { operation: call.operation, stackId: stack.id });
}

function keyOf(call: Call, token: string): string {
  return `${call.caller.accountId}/${call.region}/${token}`;
}
