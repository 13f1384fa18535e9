import { z } from '@hono/zod-openapi';
import type { OrganizationCredentials } from '../../db/sealing/secrets.ts';
import { accessKeyIdPattern, secretAccessKeyPattern } from '../../domain/aws/fields.ts';
import { assumeRoleDuration, bodyObject, externalId, patterned, roleArn, roleNameWithPath, sessionName } from './fields.ts';

const assumeRoleFields = { externalId: externalId.optional(), sessionName, durationSeconds: assumeRoleDuration };

/** All credentials of an organization. A caller gives and replaces them together (O1, O3, O13). */
export const organizationCredentialFields = {
  organizationRole: z.strictObject({ roleArn, ...assumeRoleFields }, bodyObject('organizationRole')).openapi({
    description: 'A role in the management account or in a delegated administrator account. Muster reads the organization with it.',
  }),
  memberRole: z
    .strictObject({ roleName: roleNameWithPath, ...assumeRoleFields }, bodyObject('memberRole'))
    .openapi({ description: 'The harvesting role. It has the same name and path in every account.' }),
  accessKey: z
    .strictObject(
      {
        accessKeyId: patterned(accessKeyIdPattern, 'accessKeyId must have 1 to 128 letters and digits.'),
        secretAccessKey: patterned(secretAccessKeyPattern, 'secretAccessKey must be text without white space.'),
      },
      bodyObject('accessKey'),
    )
    .optional()
    .openapi({ description: "The access key of an IAM user, for Muster's calls to AWS. Without it, Muster uses its own identity." }),
};

/** The validated fields in the form that is sealed: fields that the caller left out are absent. */
export function toCredentials(input: z.infer<z.ZodObject<typeof organizationCredentialFields>>): OrganizationCredentials {
  const { organizationRole, memberRole, accessKey } = input;
  return {
    organizationRole: withoutUndefined(organizationRole),
    memberRole: withoutUndefined(memberRole),
    ...(accessKey ? { accessKey } : {}),
  };
}

function withoutUndefined<Role extends { externalId?: string | undefined }>({ externalId, ...role }: Role) {
  return { ...role, ...(externalId === undefined ? {} : { externalId }) };
}
