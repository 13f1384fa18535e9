import { randomUUID } from 'node:crypto';
import type { World } from '../../core/world.ts';
import type { ResourceStatus, Stack, StackEvent, StackResource, StackStatus } from '../stack.ts';

/** Gives the stack a status and writes it into its history. */
export function setStackStatus(world: World, stack: Stack, status: StackStatus, reason?: string): void {
  const at = world.now();
  stack.status = status;
  setReason(stack, reason);
  if (status === 'DELETE_COMPLETE') stack.deletedAt = at;
  stack.events.push({
    id: randomUUID(),
    logicalId: stack.name,
    physicalId: stack.id,
    type: 'AWS::CloudFormation::Stack',
    status,
    ...optional({ reason, token: stack.operation?.token }),
    ...operationOf(stack),
    at,
  });
  world.touch();
}

/** Gives a resource a status and writes it into its stack's history. */
export function setResourceStatus(world: World, stack: Stack, resource: StackResource, status: ResourceStatus, reason?: string): void {
  resource.status = status;
  resource.changedAt = world.now();
  setReason(resource, reason);
  addResourceEvent(world, stack, resource, reason);
}

/** Writes a line about a resource whose status stays, such as "Resource creation Initiated". */
export function addResourceEvent(world: World, stack: Stack, resource: StackResource, reason?: string): void {
  stack.events.push({
    id: `${resource.logicalId}-${resource.status}-${randomUUID()}`,
    logicalId: resource.logicalId,
    physicalId: resource.physicalId ?? '',
    type: resource.type,
    status: resource.status,
    properties: maskedProperties(stack, resource),
    ...optional({ reason, token: stack.operation?.token }),
    ...operationOf(stack),
    at: world.now(),
  });
  world.touch();
}

/** NoEcho values are masked wherever a stack's events are described (User Guide, "Parameters", NoEcho). */
function maskedProperties(stack: Stack, resource: StackResource): string {
  const secrets = stack.source.parameters.filter(({ noEcho, value }) => noEcho && value !== '');
  return secrets.reduce(
    (text, { value }) => text.replaceAll(JSON.stringify(value).slice(1, -1), '****'),
    JSON.stringify(resource.properties),
  );
}

function setReason(target: { statusReason?: string }, reason: string | undefined): void {
  if (reason === undefined) delete target.statusReason;
  else target.statusReason = reason;
}

function operationOf({ operation }: Stack): Pick<StackEvent, 'operation'> {
  return operation?.id === undefined || operation.type === undefined ? {} : { operation: { id: operation.id, type: operation.type } };
}

function optional<T extends Record<string, string | undefined>>(members: T): { [K in keyof T]?: string } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: string };
}
