/**
 * The validation before deployment, which CreateStack, UpdateStack and change sets do unless DisableValidation says otherwise: a
 * name that is taken and a property that the type does not have end the operation before anything is made (CloudFormation User
 * Guide, "Validate stack deployments"). Whether AWS asks for permissions there is not documented; here it does not.
 */
import { randomUUID } from 'node:crypto';
import type { World } from '../../core/world.ts';
import { planOf, propertiesOf } from '../engine/plan.ts';
import { namedIdentifier, propertyFaults } from '../engine/resource.ts';
import { handlers } from '../resources/registry.ts';
import type { Properties } from '../resources/types.ts';
import type { Stack, StackEvent } from '../stack.ts';
import { isTaken } from './taken.ts';

const checks = {
  name: 'AWS::EarlyValidation::ResourceExistenceCheck',
  properties: 'AWS::EarlyValidation::PropertyValidation',
} as const;

/** The faults of a stack's source, as events that only DescribeEvents shows. */
export function earlyFindings(world: World, stack: Stack): StackEvent[] {
  const plan = planOf(stack);
  return plan.order.flatMap((logicalId) => {
    const declaration = plan.template.resources[logicalId]!;
    const handler = handlers.get(declaration.Type)!;
    let properties: Properties;
    try {
      properties = propertiesOf(declaration, plan.scope);
    } catch {
      // It refers to a resource that is not there yet: nothing can be said before the deployment.
      return [];
    }
    const path = `/Resources/${logicalId}/Properties`;
    const faults = propertyFaults(handler, properties);
    if (faults !== undefined) return [finding(world, stack, logicalId, declaration.Type, checks.properties, path, faults)];
    const name = namedIdentifier(handler, properties);
    const current = stack.resources.get(logicalId);
    const isOwn = current !== undefined && (current.physicalId === name || namedIdentifier(handler, current.properties) === name);
    if (name === undefined || isOwn || !isTaken(world, stack, declaration.Type, name)) return [];
    const reason = `Resource of type '${declaration.Type}' with identifier '${name}' already exists.`;
    return [finding(world, stack, logicalId, declaration.Type, checks.name, path, reason)];
  });
}

/** Validates a stack's source. Answers the reason for which its operation fails, undefined when it may go on. */
export function validateEarly(world: World, stack: Stack): string | undefined {
  const findings = earlyFindings(world, stack);
  stack.events.push(...findings);
  return findings.length === 0 ? undefined : refusalOf(findings);
}

/** AWS's sentence, which names no cause: that stands in DescribeEvents. */
export function refusalOf(findings: readonly StackEvent[]): string {
  const failed = [...new Set(findings.map(({ validation }) => validation!.name))].join(', ');
  return `The following hook(s)/validation failed: [${failed}]. To troubleshoot Early Validation errors, use the DescribeEvents API for detailed failure information.`;
}

function finding(world: World, stack: Stack, logicalId: string, type: string, name: string, path: string, reason: string): StackEvent {
  const { operation } = stack;
  return {
    id: randomUUID(),
    logicalId,
    physicalId: '',
    type,
    status: 'CREATE_FAILED',
    reason,
    validation: { name, path },
    ...(operation?.id === undefined || operation.type === undefined ? {} : { operation: { id: operation.id, type: operation.type } }),
    at: world.now(),
  };
}
