import { z } from '@hono/zod-openapi';
import { body, defineRoute, json } from '../../openapi/define-route.ts';
import { cloudSchema } from '../../schemas/cloud.ts';
import { idParameters } from '../../schemas/fields.ts';
import { roleCredentialFields, toRoleCredentials } from '../../schemas/role-credentials.ts';
import { replaceCredentials } from '../../services/clouds/replace-credentials.ts';
import { callOf } from '../call.ts';

const credentials = z.strictObject(roleCredentialFields).openapi('RoleCredentials', {
  description: 'How Muster assumes the role. Muster encrypts all fields at rest; the API returns the role ARN only.',
});

export const credentialsRoute = defineRoute(
  {
    method: 'put',
    path: '/v1/clouds/{id}/credentials',
    operationId: 'replaceCloudCredentials',
    tags: ['Clouds'],
    summary: "Replace a cloud's credentials",
    description:
      'Checks the new role first, with its external id and without, and replaces all fields only if both checks pass. Leave out `externalId` for the role that Muster deployed: Muster keeps the external id of that role, also while another role is in use.',
    request: { params: idParameters, body: body(credentials) },
    responses: { 200: json(cloudSchema, 'The cloud.') },
  },
  [
    'own_account',
    'cloud_is_managed',
    'credentials_changed',
    'role_checks_failed',
    'no_worker',
    'temporal_unavailable',
    'aws_unavailable',
    'check_interrupted',
  ],
  async (c) => {
    const input = c.req.valid('json');
    const given = { credentials: toRoleCredentials(input), acceptUnenforcedExternalId: input.acceptUnenforcedExternalId ?? false };
    return c.json(await replaceCredentials(callOf(c), c.req.valid('param').id, given), 200);
  },
);
