/** Reading stack sets, their instances and operations. */
import type { Call } from '../../core/service.ts';
import { validationError } from '../errors.ts';
import { list, requiredText, text } from '../input.ts';
import type { Input } from '../input.ts';
import { pageOf } from '../operations/page.ts';
import { ownerOf, requireStackSet, stackSetsOf } from './access.ts';
import { instanceNotFound, operationNotFound } from './errors.ts';
import { keyOf } from './state.ts';
import type { StackInstance, StackSet, StackSetOperation } from './state.ts';
import { instanceView, operationSummary, operationView, resultView, stackSetSummary, stackSetView } from './views.ts';

const named = (call: Call, input: Input): StackSet => requireStackSet(call, input, requiredText(input, 'StackSetName'));

export function describeStackSet(input: Input, call: Call): unknown {
  return { StackSet: stackSetView(named(call, input)) };
}

/** Active and deleted ones, or those of one status. */
export function listStackSets(input: Input, call: Call): unknown {
  const ownerId = ownerOf(call, input);
  call.authorize('cloudformation:ListStackSets', '*');
  const status = text(input, 'Status');
  const sets = [...stackSetsOf(call.world).values()].filter(
    (set) => set.accountId === ownerId && set.region === call.region && (status === undefined || set.status === status),
  );
  const { items, nextToken } = pageFor(input, sets, ({ id }) => id);
  return { Summaries: items.map(stackSetSummary), NextToken: nextToken };
}

export function listStackInstances(input: Input, call: Call): unknown {
  const set = named(call, input);
  const account = text(input, 'StackInstanceAccount');
  const region = text(input, 'StackInstanceRegion');
  const filters = list<{ Name?: string; Values?: string }>(input, 'Filters');
  const instances = [...set.instances.values()].filter(
    (one) =>
      (account === undefined || one.account === account) &&
      (region === undefined || one.region === region) &&
      filters.every((filter) => passes(one, filter)),
  );
  const { items, nextToken } = pageFor(input, instances, keyOf);
  return { Summaries: items.map((instance) => instanceView(set, instance)), NextToken: nextToken };
}

function passes(instance: StackInstance, { Name, Values }: { Name?: string; Values?: string }): boolean {
  if (Name === 'DETAILED_STATUS') return instance.detailed === Values;
  if (Name === 'LAST_OPERATION_ID') return instance.lastOperationId === Values;
  if (Name === 'DRIFT_STATUS') return Values === 'NOT_CHECKED';
  throw validationError(
    `Value '${Name ?? ''}' at 'filters.member.name' must satisfy enum value set: [DETAILED_STATUS, LAST_OPERATION_ID, DRIFT_STATUS]`,
  );
}

export function describeStackInstance(input: Input, call: Call): unknown {
  const set = named(call, input);
  const account = requiredText(input, 'StackInstanceAccount');
  const region = requiredText(input, 'StackInstanceRegion');
  const instance = set.instances.get(keyOf({ account, region }));
  if (!instance) throw instanceNotFound(account, region);
  const ParameterOverrides = instance.overrides.map(({ key, value }) => {
    const isSecret = set.source.parameters.some((parameter) => parameter.key === key && parameter.noEcho);
    return { ParameterKey: key, ParameterValue: isSecret ? '****' : value };
  });
  return { StackInstance: { ...instanceView(set, instance), ParameterOverrides } };
}

export function describeStackSetOperation(input: Input, call: Call): unknown {
  const set = named(call, input);
  return { StackSetOperation: operationView(set, operationOf(set, input)) };
}

/** Newest first. */
export function listStackSetOperations(input: Input, call: Call): unknown {
  const set = named(call, input);
  const { items, nextToken } = pageFor(input, [...set.operations.values()].toReversed(), ({ id }) => id);
  return { Summaries: items.map(operationSummary), NextToken: nextToken };
}

export function listStackSetOperationResults(input: Input, call: Call): unknown {
  const set = named(call, input);
  const filters = list<{ Name?: string; Values?: string }>(input, 'Filters');
  const results = [...operationOf(set, input).results.values()].filter(({ status }) =>
    filters.every(({ Name, Values }) => Name === 'OPERATION_RESULT_STATUS' && Values === status),
  );
  const { items, nextToken } = pageFor(input, results, keyOf);
  return { Summaries: items.map(resultView), NextToken: nextToken };
}

/** StopStackSetOperation: what runs ends, what has not begun is cancelled. */
export function stopStackSetOperation(input: Input, call: Call): unknown {
  const operation = operationOf(named(call, input), input);
  if (operation.status === 'RUNNING') operation.status = 'STOPPING';
  call.world.touch();
  return {};
}

function operationOf(set: StackSet, input: Input): StackSetOperation {
  const id = requiredText(input, 'OperationId');
  const operation = set.operations.get(id);
  if (!operation) throw operationNotFound(id);
  return operation;
}

/** MaxResults 1 to 100 (API model). */
function pageFor<T>(input: Input, items: T[], idOf: (item: T) => string): { items: T[]; nextToken?: string } {
  const size = text(input, 'MaxResults') ?? '100';
  if (!/^\d+$/.test(size) || Number(size) < 1 || Number(size) > 100) {
    throw validationError(
      `1 validation error detected: Value '${size}' at 'maxResults' failed to satisfy constraint: Member must have value between 1 and 100`,
    );
  }
  return pageOf(items, idOf, text(input, 'NextToken'), Number(size));
}
