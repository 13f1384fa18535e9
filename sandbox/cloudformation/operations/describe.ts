import type { Call } from '../../core/service.ts';
import { validationError } from '../errors.ts';
import { list, requiredText, text } from '../input.ts';
import type { Input } from '../input.ts';
import { cloudFormationState } from '../state.ts';
import type { Stack } from '../stack.ts';
import { requireStack } from './find.ts';
import { pageOf } from './page.ts';
import { eventView, resourceView, stackSummary, stackView } from './views.ts';

/** DescribeStacks: one stack by name or id (a deleted stack by id only), or every stack that is not deleted. */
export function describeStacks(input: Input, call: Call): unknown {
  const nameOrId = text(input, 'StackName');
  if (nameOrId !== undefined) return { Stacks: [stackView(requireStack(call, nameOrId))] };
  call.authorize('cloudformation:DescribeStacks', '*');
  const stacks = ownStacks(call).filter(({ status }) => status !== 'DELETE_COMPLETE');
  const { items, nextToken } = pageOf(stacks, ({ id }) => id, text(input, 'NextToken'));
  return { Stacks: items.map(stackView), NextToken: nextToken };
}

/** ListStacks: all, deleted ones too, filtered by status, newest first. */
export function listStacks(input: Input, call: Call): unknown {
  call.authorize('cloudformation:ListStacks', '*');
  const filter = list<string>(input, 'StackStatusFilter');
  const stacks = ownStacks(call).filter(({ status }) => filter.length === 0 || filter.includes(status));
  const { items, nextToken } = pageOf(stacks, ({ id }) => id, text(input, 'NextToken'));
  return { StackSummaries: items.map(stackSummary), NextToken: nextToken };
}

/** DescribeStackEvents: newest first, in pages. */
export function describeStackEvents(input: Input, call: Call): unknown {
  const nameOrId = requiredText(input, 'StackName');
  const stack = requireStack(call, nameOrId, `Stack [${nameOrId}] does not exist`);
  const { items, nextToken } = pageOf(
    stack.events.filter(({ validation }) => validation === undefined).toReversed(),
    ({ id }) => id,
    text(input, 'NextToken'),
  );
  return { StackEvents: items.map((event) => eventView(stack, event)), NextToken: nextToken };
}

/** DescribeStackResources: all of a stack, or the one with the logical id. */
export function describeStackResources(input: Input, call: Call): unknown {
  const stack = requireStack(call, requiredText(input, 'StackName'));
  const logicalId = text(input, 'LogicalResourceId');
  const resources = [...stack.resources.values()].filter((resource) => logicalId === undefined || resource.logicalId === logicalId);
  if (logicalId !== undefined && resources.length === 0) throw missingResource(logicalId, stack);
  return {
    StackResources: resources.map((resource) => ({ StackName: stack.name, StackId: stack.id, ...resourceView(resource, 'Timestamp') })),
  };
}

/** DescribeStackResource. */
export function describeStackResource(input: Input, call: Call): unknown {
  const nameOrId = requiredText(input, 'StackName');
  const stack = requireStack(call, nameOrId, `Stack '${nameOrId}' does not exist`);
  const logicalId = requiredText(input, 'LogicalResourceId');
  const resource = stack.resources.get(logicalId);
  if (resource === undefined) throw missingResource(logicalId, stack);
  return {
    StackResourceDetail: { StackName: stack.name, StackId: stack.id, ...resourceView(resource, 'LastUpdatedTimestamp') },
  };
}

/** ListStackResources. */
export function listStackResources(input: Input, call: Call): unknown {
  const stack = requireStack(call, requiredText(input, 'StackName'));
  const { items, nextToken } = pageOf([...stack.resources.values()], ({ logicalId }) => logicalId, text(input, 'NextToken'));
  return { StackResourceSummaries: items.map((resource) => resourceView(resource, 'LastUpdatedTimestamp')), NextToken: nextToken };
}

/** GetTemplate: the body as it was given. */
export function getTemplate(input: Input, call: Call): unknown {
  const stack = requireStack(call, requiredText(input, 'StackName'));
  return { TemplateBody: stack.source.templateBody, StagesAvailable: ['Original', 'Processed'] };
}

function ownStacks(call: Call): Stack[] {
  return [...cloudFormationState.of(call.world).stacks.values()]
    .filter(({ accountId, region }) => accountId === call.caller.accountId && region === call.region)
    .toReversed();
}

function missingResource(logicalId: string, stack: Stack): Error {
  return validationError(`Resource ${logicalId} does not exist for stack ${stack.name}`);
}
