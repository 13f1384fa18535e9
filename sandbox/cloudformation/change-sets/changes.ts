import { isDeepStrictEqual } from 'node:util';
import { planOf, propertiesOf } from '../engine/plan.ts';
import { handlers } from '../resources/registry.ts';
import type { Properties } from '../resources/types.ts';
import type { Stack, StackResource, StackSource } from '../stack.ts';
import type { Change } from './state.ts';

/** The changes that a source would make in a stack. */
export function changesOf(stack: Stack, source: StackSource): Change[] {
  const plan = planOf({ ...stack, source });
  const wanted = plan.order.flatMap((logicalId): Change[] => {
    const declaration = plan.template.resources[logicalId]!;
    const current = stack.resources.get(logicalId);
    if (current === undefined) return [{ action: 'Add', logicalId, type: declaration.Type, scope: [] }];
    const modified = modification(current, declaration.Type, () => propertiesOf(declaration, plan.scope));
    const tags = handlers.get(declaration.Type)!.properties.includes('Tags') && !isDeepStrictEqual(stack.source.tags, source.tags);
    if (modified === undefined && !tags) return [];
    const scope: Change['scope'] = [...(modified === undefined ? [] : (['Properties'] as const)), ...(tags ? (['Tags'] as const) : [])];
    return [{ ...existing(current), action: 'Modify', replacement: modified ?? 'False', scope }];
  });
  const removed = [...stack.resources.values()].filter(
    ({ logicalId, status }) => !plan.order.includes(logicalId) && status !== 'DELETE_COMPLETE',
  );
  return [...wanted, ...removed.map((resource): Change => ({ ...existing(resource), action: 'Remove', scope: [] }))];
}

function existing({ logicalId, physicalId, type }: StackResource): Pick<Change, 'logicalId' | 'physicalId' | 'type'> {
  return { logicalId, type, ...(physicalId === undefined ? {} : { physicalId }) };
}

/** undefined: it stays as it is. */
function modification(current: StackResource, type: string, read: () => Properties): Change['replacement'] {
  if (current.type !== type) return 'True';
  let properties: Properties;
  try {
    properties = read();
  } catch {
    // It refers to a resource that is not there yet, so its value is known only in the execution.
    return 'Conditional';
  }
  if (isDeepStrictEqual(properties, current.properties)) return undefined;
  const isReplaced = handlers.get(type)!.createOnly.some((name) => !isDeepStrictEqual(properties[name], current.properties[name]));
  return isReplaced ? 'True' : 'False';
}
