import { validationError } from '../errors.ts';
import type { Stack, StackParameter } from '../stack.ts';
import type { Scope } from './evaluate.ts';
import { conditionHolds } from './evaluate.ts';
import { parameterValue } from './parameters.ts';
import { pseudoValues } from './pseudo.ts';
import type { Template } from './types.ts';

/** The context of a stack's template: its parameters, and its resources as far as they exist. */
export function scopeOf(
  stack: Pick<Stack, 'id' | 'name' | 'accountId' | 'region' | 'notificationArns' | 'resources'>,
  template: Template,
  parameters: StackParameter[],
): Scope {
  const values = pseudoValues(stack);
  for (const { key, value } of parameters) values.set(key, parameterValue(template.parameters[key]!, value));
  return {
    template,
    values,
    resource(logicalId, attribute) {
      const resource = stack.resources.get(logicalId);
      const value = attribute === undefined ? resource?.physicalId : resource?.attributes[attribute];
      if (value === undefined) {
        const path = attribute === undefined ? logicalId : `${logicalId}.${attribute}`;
        throw validationError(`Template error: ${path} refers to a resource that does not exist`);
      }
      return value;
    },
  };
}

/** The template without the resources and outputs whose condition does not hold. */
export function withoutUnmet(template: Template, scope: Scope): Template {
  const met = ([, { Condition }]: [string, { Condition?: string }]): boolean => Condition === undefined || conditionHolds(Condition, scope);
  return {
    ...template,
    resources: Object.fromEntries(Object.entries(template.resources).filter(met)),
    outputs: Object.fromEntries(Object.entries(template.outputs).filter(met)),
  };
}
