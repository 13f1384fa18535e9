import { validationError } from '../errors.ts';
import { handlers } from '../resources/registry.ts';
import { creationOrder } from './order.ts';
import { PSEUDO_PARAMETERS } from './pseudo.ts';
import { referencesIn } from './references.ts';
import type { Reference } from './references.ts';
import type { Template } from './types.ts';

/**
 * Checks what can be known before anything is created: resource types, references, attributes, conditions, cycles.
 * Throws ValidationError with AWS's sentences.
 */
export function checkTemplate(template: Template): void {
  const { resources, outputs, conditions } = template;
  const unknownTypes = [...new Set(Object.values(resources).map(({ Type }) => Type))].filter((type) => !handlers.has(type));
  if (unknownTypes.length > 0) throw validationError(`Template format error: Unrecognized resource types: [${unknownTypes.join(', ')}]`);

  const ofResources = Object.values(resources).flatMap((resource) => [
    ...referencesIn(resource.Properties),
    ...[resource.DependsOn ?? []].flat().map((name) => ({ name, mustBeResource: true })),
  ]);
  checkReferences(template, ofResources, 'Resources');
  checkReferences(template, referencesIn(outputs), 'Outputs');
  checkConditions(template);
  const inConditions = referencesIn(conditions).filter(({ name }) => Object.hasOwn(resources, name));
  if (inConditions.length > 0) {
    throw validationError(
      `Template format error: Unresolved dependencies [${inConditions.map(({ name }) => name).join(', ')}]. Cannot reference resources in the Conditions block of the template`,
    );
  }
  creationOrder(resources);
}

function checkReferences(template: Template, references: (Reference & { mustBeResource?: boolean })[], block: string): void {
  const unresolved = references.filter(({ name, attribute, mustBeResource }) => {
    if (Object.hasOwn(template.resources, name)) return false;
    if (attribute !== undefined || mustBeResource) return true;
    return !Object.hasOwn(template.parameters, name) && !PSEUDO_PARAMETERS.has(name);
  });
  if (unresolved.length > 0) {
    const names = [...new Set(unresolved.map(({ name }) => name))].join(', ');
    throw validationError(`Template format error: Unresolved resource dependencies [${names}] in the ${block} block of the template`);
  }
  for (const { name, attribute } of references) {
    const type = template.resources[name]?.Type;
    if (type === undefined || attribute === undefined) continue;
    if (!handlers.get(type)!.attributes.includes(attribute)) {
      throw validationError(`Template error: resource ${name} does not support attribute type ${attribute} in Fn::GetAtt`);
    }
  }
}

function checkConditions(template: Template): void {
  const used = [...Object.values(template.resources), ...Object.values(template.outputs)].map(({ Condition }) => Condition);
  for (const name of [...used, ...conditionNamesIn([template.resources, template.outputs, template.conditions])]) {
    if (name !== undefined && !Object.hasOwn(template.conditions, name)) {
      throw validationError(`Template format error: Unresolved condition dependency ${name} in the template`);
    }
  }
  const visit = (name: string, path: string[]): void => {
    if (path.includes(name)) throw validationError(`Template format error: Circular dependency between conditions: [${path.join(', ')}]`);
    for (const next of conditionNamesIn(template.conditions[name])) visit(next, [...path, name]);
  };
  for (const name of Object.keys(template.conditions)) visit(name, []);
}

function conditionNamesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(conditionNamesIn);
  const entries = Object.entries(value);
  const [key, argument] = entries[0] ?? [];
  if (entries.length === 1 && key === 'Condition' && typeof argument === 'string') return [argument];
  const own = entries.length === 1 && key === 'Fn::If' && Array.isArray(argument) ? [String(argument[0])] : [];
  return [...own, ...entries.flatMap(([, inner]) => conditionNamesIn(inner))];
}
