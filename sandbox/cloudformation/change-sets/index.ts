/** Change sets, as `aws cloudformation deploy` uses them (CloudFormation API reference, CreateChangeSet and its like). */
import { randomUUID } from 'node:crypto';
import { AwsError } from '../../core/aws-error.ts';
import type { Call, Operation } from '../../core/service.ts';
import { setStackStatus } from '../engine/events.ts';
import { work } from '../engine/runner.ts';
import { validationError } from '../errors.ts';
import { flag, requiredText, text } from '../input.ts';
import type { Input } from '../input.ts';
import { requireStack } from '../operations/find.ts';
import { pageOf } from '../operations/page.ts';
import { startUpdate, UPDATABLE } from '../operations/update-stack.ts';
import { cloudFormationState } from '../state.ts';
import type { Stack } from '../stack.ts';
import { readTemplate } from '../template/read.ts';
import { changeSetsOf, findChangeSet } from './change-set.ts';
import { createChangeSet } from './create.ts';
import type { Change, ChangeSet } from './state.ts';

/** ExecuteChangeSet: begins the stack's creation or update, with the caller's session. The stack's other change sets are obsolete then. */
function executeChangeSet(input: Input, call: Call): unknown {
  const { world } = call;
  const { changeSet, stack } = findChangeSet(call, input);
  if (changeSet.executionStatus !== 'AVAILABLE') {
    throw new AwsError(
      'InvalidChangeSetStatus',
      `ChangeSet [${changeSet.id}] cannot be executed in its current status of [${changeSet.status}]`,
    );
  }
  const expected = changeSet.type === 'CREATE' ? stack.status === 'REVIEW_IN_PROGRESS' : UPDATABLE.has(stack.status);
  if (!expected) throw validationError(`Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
  for (const other of changeSetsOf(world, stack)) {
    if (other.executionStatus === 'AVAILABLE') other.executionStatus = 'OBSOLETE';
  }
  changeSet.executionStatus = 'EXECUTE_COMPLETE';
  const token = text(input, 'ClientRequestToken');
  const withToken = token === undefined ? {} : { token };
  // It was validated when it was created.
  if (changeSet.type === 'UPDATE') {
    startUpdate(call, stack, { source: changeSet.source, capabilities: changeSet.capabilities, ...withToken }, true);
  } else startCreation(call, stack, changeSet, flag(input, 'DisableRollback'), withToken);
  return {};
}

function startCreation({ world, caller }: Call, stack: Stack, changeSet: ChangeSet, keep: boolean, token: { token?: string }): void {
  const { description } = readTemplate(changeSet.source.templateBody);
  stack.source = changeSet.source;
  stack.capabilities = changeSet.capabilities;
  stack.notificationArns = changeSet.notificationArns;
  stack.onFailure = keep ? 'DO_NOTHING' : (changeSet.onFailure ?? 'ROLLBACK');
  if (description !== undefined) stack.description = description;
  stack.operation = { id: randomUUID(), type: 'CREATE_STACK', caller, ...token, retain: [] };
  setStackStatus(world, stack, 'CREATE_IN_PROGRESS', 'User Initiated');
  work(world, stack);
}

function describeChangeSet(input: Input, call: Call): unknown {
  const { changeSet, stack } = findChangeSet(call, input);
  const { items, nextToken } = pageOf(changeSet.changes, ({ logicalId }) => logicalId, text(input, 'NextToken'));
  return {
    ...summary(changeSet, stack),
    Parameters: changeSet.source.parameters.map(({ key, value, noEcho }) => ({
      ParameterKey: key,
      ParameterValue: noEcho ? '****' : value,
    })),
    NotificationARNs: changeSet.notificationArns,
    RollbackConfiguration: {},
    Capabilities: changeSet.capabilities,
    Tags: changeSet.source.tags,
    Changes: items.map((change) => ({ Type: 'Resource', ResourceChange: changeView(change) })),
    NextToken: nextToken,
  };
}

/** Throws ChangeSetNotFound for a change set that is not there. */
function deleteChangeSet(input: Input, call: Call): unknown {
  const { changeSet } = findChangeSet(call, input);
  cloudFormationState.of(call.world).changeSets.delete(changeSet.id);
  call.world.touch();
  return {};
}

function listChangeSets(input: Input, call: Call): unknown {
  const stack = requireStack(call, requiredText(input, 'StackName'), `Stack [${text(input, 'StackName')}] does not exist`);
  const { items, nextToken } = pageOf(changeSetsOf(call.world, stack), ({ id }) => id, text(input, 'NextToken'));
  return { Summaries: items.map((changeSet) => summary(changeSet, stack)), NextToken: nextToken };
}

function summary(changeSet: ChangeSet, stack: Stack): Record<string, unknown> {
  return {
    ChangeSetId: changeSet.id,
    ChangeSetName: changeSet.name,
    StackId: stack.id,
    StackName: stack.name,
    Description: changeSet.description,
    CreationTime: new Date(changeSet.createdAt),
    ExecutionStatus: changeSet.executionStatus,
    Status: changeSet.status,
    StatusReason: changeSet.statusReason,
    IncludeNestedStacks: false,
  };
}

function changeView({ action, logicalId, physicalId, type, replacement, scope }: Change): Record<string, unknown> {
  return {
    Action: action,
    LogicalResourceId: logicalId,
    PhysicalResourceId: physicalId,
    ResourceType: type,
    Replacement: replacement,
    Scope: scope,
    Details: [],
  };
}

export const changeSetOperations: Record<string, Operation> = {
  CreateChangeSet: createChangeSet,
  DeleteChangeSet: deleteChangeSet,
  DescribeChangeSet: describeChangeSet,
  ExecuteChangeSet: executeChangeSet,
  ListChangeSets: listChangeSets,
};
