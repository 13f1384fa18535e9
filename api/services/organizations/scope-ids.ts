import type { Queryable } from '../../../db/client.ts';
import { findUnlistedIds } from '../../../db/organizations/unknown-scope-ids.ts';
import type { OrganizationScope } from '../../../domain/organizations/scope.ts';
import { describeUnknownId, idsOf, nameIds, newIdsOf, type ScopeId } from '../../../domain/organizations/scope-ids.ts';
import { maxScopeIds, type CredentialCheckItem } from '../../../workflows/contracts/credential-check.ts';
import { ServiceError } from '../../problems/service-error.ts';

/** Whether a call may name units and accounts that the organization lacks. Never stored. */
export interface ScopeOptions {
  allowUnknown?: boolean | undefined;
}

/**
 * Refuses a new scope of a registered organization that names units or accounts that its newest complete listing lacks (O8).
 * Ids that the scope had before are not refused. Before the first complete listing, nothing is refused. Throws scope_unknown.
 */
export async function refuseUnlistedIds(
  db: Queryable,
  organization: { id: string; scope: OrganizationScope },
  scope: OrganizationScope,
): Promise<void> {
  const named = newIdsOf(scope, organization.scope).map((id) => ({ ...id, organizationId: organization.id }));
  const unknown = await findUnlistedIds(db, named);
  if (unknown.length > 0)
    throw scopeUnknown(scope, unknown, 'in its newest complete listing. Correct the ids, or start a sync if they are new at AWS.');
}

/**
 * The ids of a new organization's scope that a worker looks up at AWS, before there is any listing. Throws preview_first if
 * they are too many.
 */
export function idsToLookUp(scope: OrganizationScope): string[] {
  const ids = [...new Set(idsOf(scope).map(({ id }) => id))];
  if (ids.length <= maxScopeIds) return ids;
  throw new ServiceError({
    code: 'preview_first',
    detail: `The scope names ${ids.length} units and accounts, and Muster asks AWS for at most ${maxScopeIds}, so nothing was changed. Preview first: POST /v1/organizations/preview. Then send the id of the preview as previewId.`,
  });
}

/** The refusal of a scope by a check of credentials; null if other checks failed, too. */
export function scopeUnknownOf(scope: OrganizationScope, checks: readonly CredentialCheckItem[]): ServiceError | null {
  const failed = checks.filter(({ passed }) => !passed);
  const ids = new Set(failed.flatMap(({ id }) => id ?? []));
  if (failed.length === 0 || failed.some(({ id }) => id === undefined)) return null;
  const unknown = idsOf(scope).filter(({ id }) => ids.has(id));
  return scopeUnknown(scope, unknown, 'at AWS. Correct the ids.', { checks });
}

/** Names each id that the organization lacks, by its field. */
export function scopeUnknown(
  scope: OrganizationScope,
  unknown: readonly ScopeId[],
  whereAndNext: string,
  extra: Record<string, unknown> = {},
): ServiceError {
  return new ServiceError({
    code: 'scope_unknown',
    detail: `The organization has no ${nameIds(unknown)} ${whereAndNext} Nothing was changed. To keep the scope as it is, send allowUnknown: true.`,
    errors: unknown.map((named) => ({
      pointer: `/scope/${named.field}/${scope[named.field].indexOf(named.id)}`,
      message: describeUnknownId(named),
    })),
    extra,
  });
}
