import { isDeepStrictEqual } from 'node:util';
import type { OrganizationRow, SyncRow } from '../../db/schema/rows.ts';

/** Whether a sync was planned under another scope than the organization has now: then a sync by the new one is under way. */
export function isScopeReplaced({ plannedScope }: Pick<SyncRow, 'plannedScope'>, { scope }: Pick<OrganizationRow, 'scope'>): boolean {
  return !isDeepStrictEqual(plannedScope, scope);
}
