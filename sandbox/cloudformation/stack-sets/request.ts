/** Taking in an operation on a stack set. */
import { randomUUID } from 'node:crypto';
import { AwsError } from '../../core/aws-error.ts';
import type { World } from '../../core/world.ts';
import { text } from '../input.ts';
import type { Input } from '../input.ts';
import { readToken } from '../tokens.ts';
import { operationInProgress } from './errors.ts';
import { isOpen, workOn } from './run.ts';
import { keyOf } from './state.ts';
import type { Preferences, StackInstance, StackSet, StackSetOperation } from './state.ts';
import type { Target } from './targets.ts';

/**
 * The operation that an earlier call with this OperationId began: "the operation ID also functions as an idempotency token".
 * Throws OperationIdAlreadyExistsException when it stands for another one, ValidationError for a malformed id.
 */
export function earlierOperation(set: StackSet, input: Input): StackSetOperation | undefined {
  const id = readToken(input, 'OperationId');
  if (id === undefined) return undefined;
  const known = set.operations.get(id);
  if (known && known.request !== JSON.stringify(input)) {
    throw new AwsError('OperationIdAlreadyExistsException', `Operation with id ${id} already exists`, 409);
  }
  return known;
}

/** Throws OperationInProgressException: without managed execution a stack set does one thing at a time (API model, ManagedExecution). */
export function requireIdle(set: StackSet): void {
  if (!set.managedExecution && [...set.operations.values()].some(isOpen)) throw operationInProgress();
}

export interface NewOperation {
  action: StackSetOperation['action'];
  preferences: Preferences;
  targets: Target[];
  retainStacks?: boolean;
  /** Absent for the work that StackSets starts on its own. */
  input?: Input;
}

/** Puts an operation in the queue and begins it when it is its turn. Gives its id. */
export function begin(
  world: World,
  set: StackSet,
  { action, preferences, targets, retainStacks = false, input = {} }: NewOperation,
): string {
  const id = text(input, 'OperationId') ?? randomUUID();
  const isFirst = ![...set.operations.values()].some(isOpen);
  const operation: StackSetOperation = {
    id,
    action,
    status: isFirst ? 'RUNNING' : 'QUEUED',
    preferences,
    retainStacks,
    request: JSON.stringify(input),
    ...(input.DeploymentTargets === undefined ? {} : { deploymentTargets: input.DeploymentTargets as Record<string, unknown> }),
    createdAt: world.now(),
    results: new Map(targets.map((target) => [keyOf(target), { ...target, status: 'PENDING' }])),
  };
  set.operations.set(id, operation);
  for (const target of targets) {
    const known = set.instances.get(keyOf(target));
    if (!known && action === 'DELETE') continue;
    const instance: StackInstance = known ?? { ...target, overrides: [], status: 'OUTDATED', detailed: 'PENDING' };
    Object.assign(instance, { detailed: 'PENDING', lastOperationId: id });
    set.instances.set(keyOf(target), instance);
  }
  world.touch();
  workOn(world, set);
  return id;
}
