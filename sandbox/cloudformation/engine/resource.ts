import { randomBytes } from 'node:crypto';
import type { World } from '../../core/world.ts';
import { partitionOf } from '../arns.ts';
import { validationError } from '../errors.ts';
import { handlers } from '../resources/registry.ts';
import type { HandlerContext, Properties, ResourceHandler } from '../resources/types.ts';
import type { Stack, StackResource } from '../stack.ts';
import { addResourceEvent, setResourceStatus } from './events.ts';
import { failureReason } from './failure.ts';
import { isCurrent, pace } from './running.ts';
import { callWithSession } from './session.ts';

/** Thrown inside a handler when the sandbox stops: the resource stays as it is and is taken up at the next start. */
class Interrupted extends Error {}

/** How work on one resource ended; `interrupted` leaves everything for later. */
export type ResourceOutcome = 'done' | 'failed' | 'interrupted';

/** Creates a resource, or continues a creation that a restart interrupted. */
export async function createResource(world: World, stack: Stack, resource: StackResource): Promise<ResourceOutcome> {
  return perform(world, stack, resource, 'CREATE', async (handler, context) => {
    checkProperties(handler, resource);
    await handler.create(resource.properties, context);
  });
}

/** Brings a resource from one set of properties to another; its record carries the new ones from the start, for the way back. */
export async function updateResource(
  world: World,
  stack: Stack,
  resource: StackResource,
  before: Properties,
  after: Properties,
): Promise<ResourceOutcome> {
  resource.properties = after;
  return perform(world, stack, resource, 'UPDATE', async (handler, context) => {
    checkProperties(handler, resource);
    await handler.update(before, after, context);
  });
}

/** Deletes a resource; a resource that was never created only gets the status. */
export async function deleteResource(world: World, stack: Stack, resource: StackResource): Promise<ResourceOutcome> {
  return perform(world, stack, resource, 'DELETE', async (handler, context) => {
    if (resource.physicalId !== undefined) await handler.remove(resource.properties, context);
  });
}

async function perform(
  world: World,
  stack: Stack,
  resource: StackResource,
  verb: 'CREATE' | 'UPDATE' | 'DELETE',
  run: (handler: ResourceHandler, context: HandlerContext) => Promise<void>,
): Promise<ResourceOutcome> {
  if (resource.status !== `${verb}_IN_PROGRESS` || resource.steps.length === 0) {
    resource.steps = [];
    setResourceStatus(world, stack, resource, `${verb}_IN_PROGRESS`);
  }
  const handler = handlers.get(resource.type)!;
  try {
    await pace(world);
    if (!isCurrent(world, stack)) return 'interrupted';
    await run(handler, contextFor(world, stack, resource));
    setResourceStatus(world, stack, resource, `${verb}_COMPLETE`);
    return 'done';
  } catch (error) {
    if (error instanceof Interrupted) return 'interrupted';
    const identifier = resource.physicalId ?? namedIdentifier(handler, resource.properties);
    setResourceStatus(world, stack, resource, `${verb}_FAILED`, failureReason(error, resource.type, identifier));
    return 'failed';
  }
}

function contextFor(world: World, stack: Stack, resource: StackResource): HandlerContext {
  // A DeleteStack may put its own operation in the stack's while this resource is still at work for the former one.
  const current = stack.operation!;
  return {
    accountId: stack.accountId,
    region: stack.region,
    partition: partitionOf(stack.region),
    stackTags: stack.source.tags,
    stackTagsBefore: current.before?.source.tags ?? stack.source.tags,
    resource,
    invoke: (service, operation, input) => callWithSession(world, { region: stack.region, operation: current }, service, operation, input),
    async once(step, run) {
      if (resource.steps.includes(step)) return;
      if (resource.steps.length > 0) await pace(world);
      if (!isCurrent(world, stack)) throw new Interrupted();
      await run();
      resource.steps.push(step);
      world.touch();
    },
    identify(physicalId, attributes = {}) {
      const isNew = resource.physicalId === undefined;
      resource.physicalId = physicalId;
      resource.attributes = attributes;
      if (isNew) addResourceEvent(world, stack, resource, 'Resource creation Initiated');
    },
    generatedName: (max) => generatedName(stack.name, resource.logicalId, max),
  };
}

/** `stack-LogicalId-RANDOM12`, shortened in front of the random end (User Guide, "Name type"). */
function generatedName(stackName: string, logicalId: string, max: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  const end = [...randomBytes(12)].map((byte) => alphabet[byte % alphabet.length]).join('');
  return `${`${stackName}-${logicalId}`.slice(0, max - end.length - 1)}-${end}`;
}

/** The sentence for properties that the type does not have, or that it needs; undefined when there is nothing wrong. */
export function propertyFaults(handler: ResourceHandler, properties: Properties): string | undefined {
  const extra = Object.keys(properties).filter((name) => !handler.properties.includes(name));
  const missing = handler.required.filter((name) => properties[name] === undefined);
  const faults = [
    ...extra.map((name) => `#: extraneous key [${name}] is not permitted`),
    ...missing.map((name) => `#: required key [${name}] not found`),
  ];
  return faults.length === 0 ? undefined : faults.join(', ');
}

function checkProperties(handler: ResourceHandler, { logicalId, properties }: Pick<StackResource, 'logicalId' | 'properties'>): void {
  const faults = propertyFaults(handler, properties);
  if (faults !== undefined) throw validationError(`Properties validation failed for resource ${logicalId} with message:\n[${faults}]`);
}

/** The name that the template gives the resource, if it does. */
export function namedIdentifier(handler: ResourceHandler, properties: Properties): string | undefined {
  const [name] = handler.createOnly.filter((property) => property.endsWith('Name')).map((property) => properties[property]);
  return name === undefined ? undefined : String(name);
}
