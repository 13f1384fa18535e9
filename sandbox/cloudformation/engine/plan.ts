import type { World } from '../../core/world.ts';
import { validationError } from '../errors.ts';
import type { Properties } from '../resources/types.ts';
import type { Stack, StackResource, StackSource } from '../stack.ts';
import { evaluate } from '../template/evaluate.ts';
import type { Scope } from '../template/evaluate.ts';
import { creationOrder } from '../template/order.ts';
import { readTemplate } from '../template/read.ts';
import { scopeOf, withoutUnmet } from '../template/scope.ts';
import type { ResourceDeclaration, Template } from '../template/types.ts';

/** A stack's template as it stands for its parameters: unmet conditions left out, resources in creation order. */
export interface Plan {
  template: Template;
  scope: Scope;
  order: string[];
}

/** Reads the plan of a stack for a source, by default its own. The source was checked when it came in. */
export function planOf(stack: Stack, source: StackSource = stack.source): Plan {
  const whole = readTemplate(source.templateBody);
  const scope = scopeOf(stack, whole, source.parameters);
  const template = withoutUnmet(whole, scope);
  return { template, scope, order: creationOrder(template.resources) };
}

/** Refuses a stack whose conditions cannot be evaluated or leave nothing to create. Throws ValidationError. */
export function requireRunnable(stack: Stack): void {
  if (planOf(stack).order.length === 0) {
    throw validationError('Template format error: At least one Resources member must be defined.');
  }
}

/** A resource's properties with everything filled in; what they refer to must exist by now. */
export function propertiesOf(declaration: ResourceDeclaration, scope: Scope): Properties {
  return (evaluate(declaration.Properties ?? {}, scope) ?? {}) as Properties;
}

/** A record for a resource that is about to be made. */
export function newResource(world: World, logicalId: string, declaration: ResourceDeclaration, properties: Properties): StackResource {
  return {
    logicalId,
    type: declaration.Type,
    status: 'CREATE_IN_PROGRESS',
    changedAt: world.now(),
    attributes: {},
    properties,
    steps: [],
  };
}

/** Evaluates the outputs into the stack. */
export function setOutputs(stack: Stack, { template, scope }: Plan): void {
  stack.outputs = Object.entries(template.outputs).map(([key, output]) => ({
    key,
    value: String(evaluate(output.Value, scope)),
    ...(output.Description === undefined ? {} : { description: String(evaluate(output.Description, scope)) }),
    ...(output.Export === undefined ? {} : { exportName: String(evaluate(output.Export.Name, scope)) }),
  }));
}

/** "[A, B]" for a reason that names resources. */
export function namesOf(resources: StackResource[]): string {
  return `[${resources.map(({ logicalId }) => logicalId).join(', ')}]`;
}
