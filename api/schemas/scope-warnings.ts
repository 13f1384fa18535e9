import { z } from '@hono/zod-openapi';
import { describeUnknownId, scopeIdFields, type ScopeId } from '../../domain/organizations/scope-ids.ts';

const limit = 100;

/** An id of a scope that the organization lacks. */
export const scopeWarningSchema = z
  .object({
    code: z.literal('scope_unknown'),
    field: z.enum(scopeIdFields).openapi({ description: 'The list of the scope that names the id.' }),
    id: z.string().openapi({ example: 'ou-ab12-cd34ef56' }),
    message: z.string(),
  })
  .openapi('ScopeWarning');

/** The ids of a scope that the organization lacks (O8). */
export const scopeWarningsSchema = z.array(scopeWarningSchema);

export function toScopeWarnings(unknown: readonly ScopeId[]): z.infer<typeof scopeWarningsSchema> {
  return unknown.slice(0, limit).map((named) => ({ code: 'scope_unknown', ...pick(named), message: describeUnknownId(named) }));
}

const pick = ({ field, id }: ScopeId) => ({ field, id });
