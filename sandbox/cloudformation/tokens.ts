import { readFields } from '../core/fields.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Call } from '../core/service.ts';
import type { Input } from './input.ts';
import { cloudFormationState } from './state.ts';
import type { Stack } from './stack.ts';

/** A token by which a call can be repeated; operation ids have the same shape (API model, ClientRequestToken). Throws ValidationError. */
export function readToken(input: Input, name: 'ClientRequestToken' | 'OperationId' = 'ClientRequestToken'): string | undefined {
  const fields = readFields(input);
  const token = fields.text(name, { min: 1, max: 128, pattern: /[a-zA-Z0-9][-a-zA-Z0-9]*/ });
  fields.check();
  return token;
}

/**
 * The stack that an earlier call with this client request token worked on, or undefined for a new token.
 * Throws TokenAlreadyExistsException when the token was used for another operation or stack
 * (CreateStack API reference, ClientRequestToken).
 */
export function stackOfToken(call: Call, token: string | undefined, nameOrId: string): Stack | undefined {
  const { tokens, stacks } = cloudFormationState.of(call.world);
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
  cloudFormationState.of(call.world).tokens.set(keyOf(call, token), { operation: call.operation, stackId: stack.id });
}

function keyOf(call: Call, token: string): string {
  return `${call.caller.accountId}/${call.region}/${token}`;
}
