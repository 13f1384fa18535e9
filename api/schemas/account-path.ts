import { z } from '@hono/zod-openapi';

/** The path of an account in its organization (O15), as domain/organizations/tree.ts joins it. */
export const accountPathSchema = z
  .string()
  .nullable()
  .openapi({
    description:
      'Names of the organizational units from the root down, joined by `/`. A `/` or `\\` within a name has a `\\` before it. ' +
      'Empty for an account directly under the root. ' +
      'Null outside of an organization, and until all names are known.',
  });
