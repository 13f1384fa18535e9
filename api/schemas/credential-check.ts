import { z } from '@hono/zod-openapi';

/** One check of an organization's credentials (O5). */
export const credentialCheckItemSchema = z
  .object({
    name: z.enum(['assume_role', 'describe_organization', 'simulate', 'scope']),
    action: z.string().optional().openapi({ description: 'The simulated action. Only for `simulate`.' }),
    id: z.string().optional().openapi({ description: 'The unit or account of the scope that the organization lacks. Only for `scope`.' }),
    passed: z.boolean(),
    message: z.string(),
  })
  .openapi('CredentialCheck');
