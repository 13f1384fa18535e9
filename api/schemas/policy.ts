import { z } from '@hono/zod-openapi';
import type { PolicyRow } from '../../db/schema/rows.ts';

/** A root, an organizational unit or an account with a policy attached. */
export const policyTargetSchema = z.object({
  id: z.string().openapi({ example: 'ou-ab12-cd34ef56' }),
  type: z.enum(['root', 'organizational_unit', 'account']),
  name: z.string().nullable(),
});

/** A service control policy of an organization. */
export const policySchema = z
  .object({
    id: z.string().openapi({ description: "AWS's id of the policy.", example: 'p-a1b2c3d4' }),
    name: z.string(),
    description: z.string().nullable(),
    awsManaged: z.boolean(),
    content: z.record(z.string(), z.unknown()).nullable().openapi({ description: 'The policy document. Null until Muster has read it.' }),
    targets: z.array(policyTargetSchema),
  })
  .openapi('ServiceControlPolicy');

export type Policy = z.infer<typeof policySchema>;

export function toPolicy(row: PolicyRow, targets: Policy['targets']): Policy {
  return {
    id: row.policyId,
    name: row.name,
    description: row.description,
    awsManaged: row.awsManaged,
    content: row.content === null ? null : (JSON.parse(row.content) as Record<string, unknown>),
    targets,
  };
}
