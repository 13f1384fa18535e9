import { z } from '@hono/zod-openapi';
import type { RoleCredentials } from '../../db/sealing/secrets.ts';
import { assumeRoleDuration, externalId, roleArn, sessionName } from './fields.ts';

/** How Muster assumes the role of one cloud, and whether the caller accepts a role whose external id protects nothing. */
export const roleCredentialFields = {
  roleArn,
  externalId: externalId.optional(),
  sessionName,
  durationSeconds: assumeRoleDuration,
  acceptUnenforcedExternalId: z.boolean({ error: 'acceptUnenforcedExternalId must be true or false.' }).optional().openapi({
    description:
      'True to accept a role that lets Muster in without the external id, or to give none. The cloud then has the warning `external_id_not_enforced`.',
  }),
};

type Input = z.infer<z.ZodObject<typeof roleCredentialFields>>;

/** The validated fields in the form that is sealed: an external id that the caller left out is absent. */
export function toRoleCredentials({ roleArn, externalId, sessionName, durationSeconds }: Input): RoleCredentials {
  return { roleArn, sessionName, durationSeconds, ...(externalId === undefined ? {} : { externalId }) };
}
