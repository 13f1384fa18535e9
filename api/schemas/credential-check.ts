import { z } from '@hono/zod-openapi';

/** One check of an organization's credentials (O5). */
export const credentialCheckItemSchema = z
  .object({
    name: z.enum(['assume_role', 'describe_organization', 'simulate']),
    action: z.string().optional().openapi({ description: 'The simulated action. Only for `simulate`.' }),
    passed: z.boolean(),
    message: z.string(),
  })
  .openapi('CredentialCheck');
