/** A tree of OUs. */
import { newUnitId } from '../ids.ts';
import type { Organization } from '../state.ts';
import { parentsOf } from '../tree.ts';
import { unitName } from './names.ts';
import type { Random } from './random.ts';

const branches = 3;

/** Makes `count` OUs: a chain `depth` deep first, the others under the root and under OUs that have room below them. */
export function makeUnits(organization: Organization, count: number, depth: number, random: Random): string[] {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const parentId = parentOf(organization, ids, index, depth);
    const taken = (name: string): boolean =>
      [...organization.units.values()].some((unit) => unit.parentId === parentId && unit.name === name);
    const id = newUnitId(organization, random.text(8));
    organization.units.set(id, { id, name: unitName(index, taken), parentId });
    ids.push(id);
  }
  return ids;
}

function parentOf(organization: Organization, ids: readonly string[], index: number, depth: number): string {
  if (index < depth) return ids[index - 1] ?? organization.rootId;
  const candidate = ids[Math.floor((index - depth) / branches) - 1];
  const hasRoom = candidate !== undefined && parentsOf(organization, candidate)!.length < depth;
  return hasRoom ? candidate : organization.rootId;
}
