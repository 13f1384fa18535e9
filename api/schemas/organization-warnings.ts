import { z } from '@hono/zod-openapi';
import { warningCodes } from '../../domain/clouds/check.ts';
import { describeExternalIds, type OrganizationExternalIds } from '../../domain/organizations/external-id-warning.ts';
import type { ScopeId } from '../../domain/organizations/scope-ids.ts';
import { scopeWarningSchema, toScopeWarnings } from './scope-warnings.ts';

const externalIdWarningSchema = z
  .object({ code: z.literal(warningCodes.externalIdNotEnforced), message: z.string() })
  .openapi('ExternalIdWarning', {
    description: 'Roles of the organization have no external id, or the organization role accepts Muster without its external id.',
  });

/** The warnings of an organization: ids of its scope that it lacks (O8), and external ids that protect nothing (D12). */
export const organizationWarningsSchema = z.array(z.union([scopeWarningSchema, externalIdWarningSchema]));

export function toOrganizationWarnings(
  unknown: readonly ScopeId[],
  externalIds: OrganizationExternalIds | null,
): z.infer<typeof organizationWarningsSchema> {
  const message = externalIds && describeExternalIds(externalIds);
  return [...(message ? [{ code: warningCodes.externalIdNotEnforced, message }] : []), ...toScopeWarnings(unknown)];
}
