import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Call } from '../../core/service.ts';
import { setStackStatus } from '../engine/events.ts';
import { requireRunnable } from '../engine/plan.ts';
import { work } from '../engine/runner.ts';
import { turnBack } from '../engine/update-rollback.ts';
import { validationError } from '../errors.ts';
import { flag, list, requiredText } from '../input.ts';
import type { Input } from '../input.ts';
import type { Stack, StackSource } from '../stack.ts';
import { resolveParameters } from '../template/parameters.ts';
import type { GivenParameter } from '../template/parameters.ts';
import { readTemplate } from '../template/read.ts';
import { validateEarly } from '../validation/validate.ts';
import { readToken, rememberToken, stackOfToken } from '../tokens.ts';
import { requireStack } from './find.ts';
import { refuseServiceRole, requireCapabilities, stackTagsOf, templateOf } from './source.ts';

/** States from which a stack can be updated (User Guide, "Stack status codes"). */
export const UPDATABLE = new Set(['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE']);

/** UpdateStack: what differs from the present template, parameters and tags is changed with the caller's session. */
export function updateStack(input: Input, call: Call): unknown {
  const nameOrId = requiredText(input, 'StackName');
  const token = readToken(input);
  const stack = requireStack(call, nameOrId, `Stack [${nameOrId}] does not exist`);
  if (stackOfToken(call, token, nameOrId) !== undefined) return { StackId: stack.id };
  if (!UPDATABLE.has(stack.status)) throw validationError(`Stack:${stack.id} is in ${stack.status} state and can not be updated.`);

  refuseServiceRole(input);
  const { body, template } = templateOf(input, stack.source.templateBody);
  const parameters = resolveParameters(template, list<GivenParameter>(input, 'Parameters'), stack.source.parameters);
  const capabilities = list<string>(input, 'Capabilities');
  requireCapabilities(template, capabilities);
  // Absent tags leave the present ones (UpdateStack API reference, Tags).
  const tags = input.Tags === undefined ? stack.source.tags : stackTagsOf(input);

  const source = { templateBody: body, parameters, tags };
  if (!isChanged(stack, source)) throw validationError('No updates are to be performed.');
  requireRunnable({ ...stack, source });

  rememberToken(call, token, stack);
  const operationId = startUpdate(
    call,
    stack,
    { source, capabilities, ...(token === undefined ? {} : { token }) },
    flag(input, 'DisableValidation'),
  );
  return { StackId: stack.id, OperationId: operationId };
}

/** Whether a source is another than the stack's own. */
export function isChanged(stack: Stack, { templateBody, parameters, tags }: StackSource): boolean {
  return (
    !isDeepStrictEqual(readTemplate(templateBody), readTemplate(stack.source.templateBody)) ||
    !isDeepStrictEqual({ parameters, tags }, { parameters: stack.source.parameters, tags: stack.source.tags })
  );
}

/** Begins an update with the caller's session; answers the operation's id. */
export function startUpdate(
  { world, caller }: Call,
  stack: Stack,
  { source, capabilities, token }: { source: StackSource; capabilities: string[]; token?: string },
  withoutValidation: boolean,
): string {
  const id = randomUUID();
  stack.operation = {
    id,
    type: 'UPDATE_STACK',
    caller,
    ...(token === undefined ? {} : { token }),
    retain: [],
    before: { source: stack.source, resources: structuredClone(stack.resources) },
  };
  stack.source = source;
  stack.capabilities = capabilities;
  const { description } = readTemplate(source.templateBody);
  if (description !== undefined) stack.description = description;
  else delete stack.description;
  stack.updatedAt = world.now();
  setStackStatus(world, stack, 'UPDATE_IN_PROGRESS', 'User Initiated');
  const refusal = withoutValidation ? undefined : validateEarly(world, stack);
  if (refusal !== undefined) turnBack(world, stack, refusal);
  work(world, stack);
  return id;
}
