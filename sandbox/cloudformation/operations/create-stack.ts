import { requireStackCreation } from '../stack-sets/authorize.ts';
import { randomUUID } from 'node:crypto';
import { AwsError } from '../../core/aws-error.ts';
import type { Call } from '../../core/service.ts';
import { newStackId, stackArn } from '../arns.ts';
import { failCreation } from '../engine/create.ts';
import { setStackStatus } from '../engine/events.ts';
import { requireRunnable } from '../engine/plan.ts';
import { work } from '../engine/runner.ts';
import { validationError } from '../errors.ts';
import { flag, list, requiredText, text } from '../input.ts';
import type { Input } from '../input.ts';
import { cloudFormationState } from '../state.ts';
import type { Stack } from '../stack.ts';
import { resolveParameters } from '../template/parameters.ts';
import type { GivenParameter } from '../template/parameters.ts';
import { validateEarly } from '../validation/validate.ts';
import { readToken, rememberToken, stackOfToken } from '../tokens.ts';
import { refuseServiceRole, requireCapabilities, stackTagsOf, templateOf } from './source.ts';

/** Stacks per account and Region (CloudFormation User Guide, "Understand CloudFormation quotas"). */
const MAX_STACKS = 2000;

/** CreateStack: answers at once; the work continues in the background with the caller's session. */
export function createStack(input: Input, call: Call): unknown {
  const { world, caller, region } = call;
  const { stacks } = cloudFormationState.of(world);
  const name = requiredText(input, 'StackName');
  if (!/^[a-zA-Z][-a-zA-Z0-9]*$/.test(name) || name.length > 128) {
    throw validationError(
      `1 validation error detected: Value '${name}' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*, and have length less than or equal to 128`,
    );
  }
  const token = readToken(input);
  requireStackCreation(call, stackArn(caller.accountId, region, name), stackTagsOf(input));
  const earlier = stackOfToken(call, token, name);
  if (earlier !== undefined) return { StackId: earlier.id };

  refuseServiceRole(input);
  const { body, template } = templateOf(input);
  const parameters = resolveParameters(template, list<GivenParameter>(input, 'Parameters'));
  const capabilities = list<string>(input, 'Capabilities');
  requireCapabilities(template, capabilities);
  const tags = stackTagsOf(input);
  const onFailure = onFailureOf(input);
  const timeoutInMinutes = timeoutOf(input);
  const own = [...stacks.values()].filter(
    (stack) => stack.accountId === caller.accountId && stack.region === region && stack.status !== 'DELETE_COMPLETE',
  );
  if (own.some((stack) => stack.name === name)) throw new AwsError('AlreadyExistsException', `Stack [${name}] already exists`, 400);
  if (own.length >= MAX_STACKS) throw new AwsError('LimitExceededException', `Limit for stack has been exceeded (${MAX_STACKS})`, 400);

  const now = world.now();
  const stack: Stack = {
    id: newStackId(caller.accountId, region, name),
    name,
    accountId: caller.accountId,
    region,
    ...(template.description === undefined ? {} : { description: template.description }),
    source: { templateBody: body, parameters, tags },
    capabilities,
    notificationArns: list<string>(input, 'NotificationARNs'),
    onFailure,
    ...(timeoutInMinutes === undefined ? {} : { timeoutInMinutes }),
    terminationProtection: flag(input, 'EnableTerminationProtection'),
    status: 'CREATE_IN_PROGRESS',
    createdAt: now,
    outputs: [],
    resources: new Map(),
    events: [],
    operation: {
      id: randomUUID(),
      type: 'CREATE_STACK',
      caller,
      ...(token === undefined ? {} : { token }),
      retain: [],
      ...(timeoutInMinutes === undefined ? {} : { deadline: now + timeoutInMinutes * 60_000 }),
    },
  };
  requireRunnable(stack);
  stacks.set(stack.id, stack);
  rememberToken(call, token, stack);
  setStackStatus(world, stack, 'CREATE_IN_PROGRESS', 'User Initiated');
  const operationId = stack.operation!.id;
  const refusal = flag(input, 'DisableValidation') ? undefined : validateEarly(world, stack);
  if (refusal !== undefined) failCreation(world, stack, refusal);
  work(world, stack);
  return { StackId: stack.id, OperationId: operationId };
}

function onFailureOf(input: Input): Stack['onFailure'] {
  const onFailure = text(input, 'OnFailure');
  if (onFailure === undefined) return flag(input, 'DisableRollback') ? 'DO_NOTHING' : 'ROLLBACK';
  if (input.DisableRollback !== undefined) {
    throw validationError('You can specify either DisableRollback or OnFailure, but not both.');
  }
  if (onFailure !== 'ROLLBACK' && onFailure !== 'DELETE' && onFailure !== 'DO_NOTHING') {
    throw validationError(
      `1 validation error detected: Value '${onFailure}' at 'onFailure' failed to satisfy constraint: Member must satisfy enum value set: [DELETE, DO_NOTHING, ROLLBACK]`,
    );
  }
  return onFailure;
}

function timeoutOf(input: Input): number | undefined {
  const timeout = text(input, 'TimeoutInMinutes');
  if (timeout === undefined) return undefined;
  if (!/^[1-9]\d*$/.test(timeout)) {
    throw validationError(
      `1 validation error detected: Value '${timeout}' at 'timeoutInMinutes' failed to satisfy constraint: Member must have value greater than or equal to 1`,
    );
  }
  return Number(timeout);
}
