import { isDeepStrictEqual } from 'node:util';
import type { OrganizationRow, SyncRow } from '../../db/schema/rows.ts';

/** Whether the organization's scope changed after a sync was planned. A sync with the new scope is then under way. */
export function isScopeReplaced({ plannedScope }: Pick<SyncRow, 'plannedScope'>, { scope }: Pick<OrganizationRow, 'scope'>): boolean {
  return !isDeepStrictEqual(plannedScope, scope);
}
