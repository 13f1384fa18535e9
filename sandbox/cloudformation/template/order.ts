import { validationError } from '../errors.ts';
import { referencesIn } from './references.ts';
import type { ResourceDeclaration } from './types.ts';

/**
 * The logical ids in an order in which each comes after what it needs (DependsOn, Ref, Fn::GetAtt, Fn::Sub).
 * Throws ValidationError "Circular dependency between resources: […]".
 */
export function creationOrder(resources: Record<string, ResourceDeclaration>): string[] {
  const waiting = new Map(Object.entries(resources).map(([id, resource]) => [id, dependenciesOf(resource, resources)]));
  const order: string[] = [];
  while (waiting.size > 0) {
    const ready = [...waiting].filter(([, needs]) => needs.every((id) => !waiting.has(id))).map(([id]) => id);
    if (ready.length === 0) throw validationError(`Circular dependency between resources: [${[...waiting.keys()].join(', ')}]`);
    for (const id of ready) waiting.delete(id);
    order.push(...ready);
  }
  return order;
}

function dependenciesOf(resource: ResourceDeclaration, resources: Record<string, ResourceDeclaration>): string[] {
  const implicit = referencesIn(resource.Properties).map(({ name }) => name);
  const explicit = [resource.DependsOn ?? []].flat();
  return [...new Set([...explicit, ...implicit])].filter((id) => Object.hasOwn(resources, id));
}
