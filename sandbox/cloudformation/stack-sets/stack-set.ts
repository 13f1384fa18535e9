/** Creating and deleting stack sets; the stacks come with their instances. */
import { randomUUID } from 'node:crypto';
import { AwsError } from '../../core/aws-error.ts';
import type { Call } from '../../core/service.ts';
import { validationError } from '../errors.ts';
import { requiredText, text } from '../input.ts';
import type { Input } from '../input.ts';
import { stackTagsOf } from '../operations/source.ts';
import { readToken } from '../tokens.ts';
import { ownerOf, requireOrganization, requireStackSet, stackSetArn, stackSetsOf } from './access.ts';
import { requireCreation } from './authorize.ts';
import { limitExceeded, operationInProgress } from './errors.ts';
import { isOpen } from './run.ts';
import { readAutoDeployment, readManagedExecution, readRoles, readSource } from './source.ts';
import type { StackSet } from './state.ts';

/** Stack sets per administrator account (CloudFormation User Guide, "Understand CloudFormation quotas"). */
const maxStackSets = 1000;

export function createStackSet(input: Input, call: Call): unknown {
  const { world, region } = call;
  const name = requiredText(input, 'StackSetName');
  if (!/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/.test(name)) {
    throw validationError(
      `1 validation error detected: Value '${name}' at 'stackSetName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*`,
    );
  }
  const clientRequestToken = readToken(input);
  const permissionModel = modelOf(input);
  const accountId = ownerOf(call, input);
  requireCreation(call, stackSetArn(accountId, region, name), stackTagsOf(input));
  if (permissionModel === 'SERVICE_MANAGED') requireOrganization(world, accountId);
  if (text(input, 'StackId') !== undefined) throw validationError('The sandbox does not import stacks into stack sets.');

  const own = [...stackSetsOf(world).values()].filter(
    (set) => set.accountId === accountId && set.region === region && set.status === 'ACTIVE',
  );
  const known = own.find((set) => set.name === name);
  if (known) {
    // "Specify this token so that CloudFormation knows that you're not attempting to create another StackSet with the same name."
    if (clientRequestToken !== undefined && known.clientRequestToken === clientRequestToken) return { StackSetId: known.id };
    throw new AwsError('NameAlreadyExistsException', `StackSet with name ${name} already exists`, 409);
  }
  if (own.length >= maxStackSets) throw limitExceeded(`Limit for stack sets has been exceeded (${maxStackSets})`);
  const { source, capabilities } = readSource(input);
  const autoDeployment = readAutoDeployment(input, permissionModel);
  const description = text(input, 'Description');
  const set: StackSet = {
    id: `${name}:${randomUUID()}`,
    name,
    accountId,
    region,
    status: 'ACTIVE',
    ...(description === undefined ? {} : { description }),
    permissionModel,
    ...(autoDeployment === undefined ? {} : { autoDeployment }),
    managedExecution: readManagedExecution(input),
    source,
    capabilities,
    ...readRoles(input, permissionModel),
    ...(clientRequestToken === undefined ? {} : { clientRequestToken }),
    autoTargets: [],
    instances: new Map(),
    operations: new Map(),
  };
  stackSetsOf(world).set(set.id, set);
  world.touch();
  return { StackSetId: set.id };
}

/** Refused while it has instances: their stacks would be orphaned. */
export function deleteStackSet(input: Input, call: Call): unknown {
  const set = requireStackSet(call, input, requiredText(input, 'StackSetName'));
  if ([...set.operations.values()].some(isOpen)) throw operationInProgress();
  if (set.instances.size > 0) throw new AwsError('StackSetNotEmptyException', 'StackSet is not empty', 409);
  set.status = 'DELETED';
  set.autoTargets = [];
  call.world.touch();
  return undefined;
}

function modelOf(input: Input): StackSet['permissionModel'] {
  const model = text(input, 'PermissionModel') ?? 'SELF_MANAGED';
  if (model === 'SELF_MANAGED' || model === 'SERVICE_MANAGED') return model;
  throw validationError(
    `1 validation error detected: Value '${model}' at 'permissionModel' failed to satisfy constraint: Member must satisfy enum value set: [SERVICE_MANAGED, SELF_MANAGED]`,
  );
}
