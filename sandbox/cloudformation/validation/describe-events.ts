import type { Call } from '../../core/service.ts';
import { findChangeSet } from '../change-sets/change-set.ts';
import { validationError } from '../errors.ts';
import { text } from '../input.ts';
import type { Input } from '../input.ts';
import { requireStack } from '../operations/find.ts';
import { pageOf } from '../operations/page.ts';
import { cloudFormationState } from '../state.ts';
import type { Stack, StackEvent } from '../stack.ts';

/**
 * DescribeEvents: everything that happened to a stack, in an operation or a change set, newest first. Its permission is
 * cloudformation:DescribeEvents, which DescribeStack* does not cover.
 */
export function describeEvents(input: Input, call: Call): unknown {
  const { stack, events } = readSubject(input, call);
  const onlyFailed = String((input.Filters as { FailedEvents?: unknown } | undefined)?.FailedEvents) === 'true';
  const wanted = events.toReversed().filter((event) => !onlyFailed || event.status.endsWith('_FAILED'));
  const { items, nextToken } = pageOf(wanted, ({ id }) => id, text(input, 'NextToken'));
  return { OperationEvents: items.map((event) => view(stack, event)), NextToken: nextToken };
}

function readSubject(input: Input, call: Call): { stack: Stack; events: StackEvent[] } {
  const nameOrId = text(input, 'StackName');
  const operationId = text(input, 'OperationId');
  if (text(input, 'ChangeSetName') !== undefined) {
    const { changeSet, stack } = findChangeSet(call, input);
    return { stack, events: changeSet.events };
  }
  if (nameOrId !== undefined) {
    const stack = requireStack(call, nameOrId);
    return { stack, events: stack.events.filter(({ operation }) => operationId === undefined || operation?.id === operationId) };
  }
  if (operationId === undefined) throw validationError('One of ChangeSetName, OperationId or StackName must be specified as input.');
  const ofOperation = ({ operation }: StackEvent): boolean => operation?.id === operationId;
  const stack = [...cloudFormationState.of(call.world).stacks.values()].find(({ events }) => events.some(ofOperation));
  if (stack === undefined) throw validationError(`Operation ${operationId} does not exist`);
  return { stack: requireStack(call, stack.id), events: stack.events.filter(ofOperation) };
}

function view(stack: Stack, event: StackEvent): Record<string, unknown> {
  const { validation, operation } = event;
  const isStack = event.type === 'AWS::CloudFormation::Stack';
  const about = {
    EventId: event.id,
    StackId: stack.id,
    OperationId: operation?.id,
    OperationType: operation?.type,
    LogicalResourceId: event.logicalId,
    PhysicalResourceId: event.physicalId,
    ResourceType: event.type,
    Timestamp: new Date(event.at),
    ClientRequestToken: event.token,
  };
  if (validation !== undefined) {
    return {
      ...about,
      EventType: 'VALIDATION_ERROR',
      DetailedStatus: 'VALIDATION_FAILED',
      ValidationFailureMode: 'FAIL',
      ValidationName: validation.name,
      ValidationStatus: 'FAILED',
      ValidationStatusReason: event.reason,
      ValidationPath: validation.path,
    };
  }
  const isFailure = event.status.endsWith('_FAILED');
  return {
    ...about,
    EventType: isStack ? 'STACK_EVENT' : isFailure ? 'PROVISIONING_ERROR' : 'PROGRESS_EVENT',
    ResourceStatus: event.status,
    ResourceStatusReason: event.reason,
    ResourceProperties: event.properties,
  };
}
