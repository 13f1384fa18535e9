import { randomUUID } from 'node:crypto';
import { AwsError } from '../../core/aws-error.ts';
import type { Call } from '../../core/service.ts';
import { newStackId, stackArn } from '../arns.ts';
import { setStackStatus } from '../engine/events.ts';
import { requireRunnable } from '../engine/plan.ts';
import { validationError } from '../errors.ts';
import { list, requiredText, text } from '../input.ts';
import type { Input } from '../input.ts';
import { refuseServiceRole, requireCapabilities, stackTagsOf, templateOf } from '../operations/source.ts';
import { UPDATABLE } from '../operations/update-stack.ts';
import { cloudFormationState } from '../state.ts';
import type { Stack, StackSource } from '../stack.ts';
import { resolveParameters } from '../template/parameters.ts';
import type { GivenParameter } from '../template/parameters.ts';
import { earlyFindings, refusalOf } from '../validation/validate.ts';
import { changeSetsOf, liveStack, newChangeSetId } from './change-set.ts';
import { changesOf } from './changes.ts';
import type { ChangeSet } from './state.ts';

/** AWS's reason for a change set that would change nothing; the CLI's `deploy` looks for it. */
const noChanges = "The submitted information didn't contain changes. Submit different information to create a change set.";

/** CreateChangeSet: the work of a CreateStack or UpdateStack call, without doing it. Here it is complete at once. */
export function createChangeSet(input: Input, call: Call): unknown {
  const { world, caller, region } = call;
  const stackName = requiredText(input, 'StackName');
  const name = requiredText(input, 'ChangeSetName');
  const type = text(input, 'ChangeSetType') ?? 'UPDATE';
  const known = liveStack(call, stackName);
  call.authorize('cloudformation:CreateChangeSet', known?.id ?? stackArn(caller.accountId, region, stackName), {
    'cloudformation:ChangeSetName': name,
  });
  if (type !== 'CREATE' && type !== 'UPDATE') throw validationError('The sandbox has no change sets that import resources.');
  requireFit(type, stackName, known);
  refuseServiceRole(input);

  const { body, template } = templateOf(input, known?.source.templateBody);
  const parameters = resolveParameters(template, list<GivenParameter>(input, 'Parameters'), known?.source.parameters);
  const capabilities = list<string>(input, 'Capabilities');
  requireCapabilities(template, capabilities);
  const tags = input.Tags === undefined && known !== undefined ? known.source.tags : stackTagsOf(input);
  const source: StackSource = { templateBody: body, parameters, tags };
  const stack = known ?? stackInReview(call, stackName, source);
  requireRunnable({ ...stack, source });
  if (changeSetsOf(world, stack).some((other) => other.name === name)) {
    throw new AwsError('AlreadyExistsException', `ChangeSet ${name} already exists`, 400);
  }

  cloudFormationState.of(world).stacks.set(stack.id, stack);
  if (known === undefined) setStackStatus(world, stack, 'REVIEW_IN_PROGRESS', 'User Initiated');
  const operation = { id: randomUUID(), type: 'CREATE_CHANGESET' as const, caller, retain: [] };
  const events = earlyFindings(world, { ...stack, source, operation });
  const changes = changesOf(type === 'CREATE' ? { ...stack, resources: new Map() } : stack, source);
  const refusal = events.length > 0 ? refusalOf(events) : type === 'UPDATE' && changes.length === 0 ? noChanges : undefined;
  const description = text(input, 'Description');
  const onFailure = text(input, 'OnStackFailure') as Stack['onFailure'] | undefined;
  const changeSet: ChangeSet = {
    id: newChangeSetId(call, name),
    name,
    stackId: stack.id,
    type,
    ...(description === undefined ? {} : { description }),
    source,
    capabilities,
    notificationArns: list<string>(input, 'NotificationARNs'),
    ...(onFailure === undefined ? {} : { onFailure }),
    ...(refusal === undefined ? { status: 'CREATE_COMPLETE' } : { status: 'FAILED', statusReason: refusal }),
    executionStatus: refusal === undefined ? 'AVAILABLE' : 'UNAVAILABLE',
    createdAt: world.now(),
    changes,
    events,
  };
  cloudFormationState.of(world).changeSets.set(changeSet.id, changeSet);
  world.touch();
  return { Id: changeSet.id, StackId: stack.id };
}

/** CREATE is for a stack that is not there, or only in review; UPDATE for a stack that can be updated (API reference, ChangeSetType). */
function requireFit(type: 'CREATE' | 'UPDATE', name: string, stack: Stack | undefined): void {
  if (type === 'CREATE') {
    if (stack !== undefined && stack.status !== 'REVIEW_IN_PROGRESS') {
      throw validationError(`Stack [${name}] already exists and cannot be created again with the changeSet [CREATE].`);
    }
    return;
  }
  if (stack === undefined) throw validationError(`Stack [${name}] does not exist`);
  if (!UPDATABLE.has(stack.status)) throw validationError(`Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
}

/** A stack without a template or resources, which the first change set of a new name makes (User Guide, "Stack status codes"). */
function stackInReview({ world, caller, region }: Call, name: string, source: StackSource): Stack {
  if (!/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/.test(name)) throw validationError(`Stack [${name}] does not exist`);
  return {
    id: newStackId(caller.accountId, region, name),
    name,
    accountId: caller.accountId,
    region,
    source,
    capabilities: [],
    notificationArns: [],
    onFailure: 'ROLLBACK',
    terminationProtection: false,
    status: 'REVIEW_IN_PROGRESS',
    createdAt: world.now(),
    outputs: [],
    resources: new Map(),
    events: [],
  };
}
