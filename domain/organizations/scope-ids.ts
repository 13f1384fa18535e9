import type { OrganizationScope } from './scope.ts';

/** The lists of a scope that name units and accounts of the organization. The names are stored and shown. */
export const scopeIdFields = ['includeOuIds', 'excludeOuIds', 'excludeAccountIds'] as const;
export type ScopeIdField = (typeof scopeIdFields)[number];

/** A root, a unit or an account that a scope names, and the list that names it. */
export interface ScopeId {
  field: ScopeIdField;
  id: string;
}

/** Every root, unit and account that a scope names. */
export function idsOf(scope: OrganizationScope): ScopeId[] {
  return scopeIdFields.flatMap((field) => scope[field].map((id) => ({ field, id })));
}

/** The ids that one scope names and the other does not, in any of its lists. */
export function newIdsOf(scope: OrganizationScope, before: OrganizationScope): ScopeId[] {
  const known = new Set(idsOf(before).map(({ id }) => id));
  return idsOf(scope).filter(({ id }) => !known.has(id));
}

/** The included units among unknown ids. Without them, their accounts are out of scope. */
export function missingUnits(unknown: readonly ScopeId[]): ScopeId[] {
  return unknown.filter(({ field }) => field === 'includeOuIds');
}

/** The effect of an id that the organization lacks. */
const effects: Record<ScopeIdField, string> = {
  includeOuIds: 'it brings no account into the scope',
  excludeOuIds: 'it excludes no account',
  excludeAccountIds: 'it excludes no account',
};

/** Says that the organization lacks an id of its scope (O8). */
export function describeUnknownId({ field, id }: ScopeId): string {
  const kind = field === 'excludeAccountIds' ? 'account' : id.startsWith('r-') ? 'root' : 'organizational unit';
  return `The organization has no ${kind} ${id}, so ${effects[field]}.`;
}

/** Names ids in a sentence: the first ten, and the number of the others. */
export function nameIds(ids: readonly ScopeId[]): string {
  const distinct = [...new Set(ids.map(({ id }) => id))];
  const others = distinct.length - 10;
  return distinct.slice(0, 10).join(', ') + (others > 0 ? ` and ${others} more` : '');
}
