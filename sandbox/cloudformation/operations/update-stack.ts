import { isDeepStrictEqual } from 'node:util';
import type { Call } from '../../core/service.ts';
import { setStackStatus } from '../engine/events.ts';
import { requireRunnable } from '../engine/plan.ts';
import { work } from '../engine/runner.ts';
import { validationError } from '../errors.ts';
import { list, requiredText } from '../input.ts';
import type { Input } from '../input.ts';
import { resolveParameters } from '../template/parameters.ts';
import type { GivenParameter } from '../template/parameters.ts';
import { readTemplate } from '../template/read.ts';
import { readToken, rememberToken, stackOfToken } from '../tokens.ts';
import { requireStack } from './find.ts';
import { refuseServiceRole, requireCapabilities, stackTagsOf, templateOf } from './source.ts';

/** States from which a stack can be updated (User Guide, "Stack status codes"). */
const UPDATABLE = new Set(['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE']);

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
  const hasChanged =
    !isDeepStrictEqual(template, readTemplate(stack.source.templateBody)) ||
    !isDeepStrictEqual({ parameters, tags }, { parameters: stack.source.parameters, tags: stack.source.tags });
  if (!hasChanged) throw validationError('No updates are to be performed.');
  requireRunnable({ ...stack, source });

  stack.operation = {
    caller: call.caller,
    ...(token === undefined ? {} : { token }),
    retain: [],
    before: { source: stack.source, resources: structuredClone(stack.resources) },
  };
  stack.source = source;
  stack.capabilities = capabilities;
  if (template.description !== undefined) stack.description = template.description;
  else delete stack.description;
  stack.updatedAt = call.world.now();
  rememberToken(call, token, stack);
  setStackStatus(call.world, stack, 'UPDATE_IN_PROGRESS', 'User Initiated');
  work(call.world, stack);
  return { StackId: stack.id };
}
