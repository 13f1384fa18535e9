import { z } from '@hono/zod-openapi';
import { body, defineRoute, json } from '../../openapi/define-route.ts';
import { cloudSchema } from '../../schemas/cloud.ts';
import { assumeRoleDuration, externalId, idParameters, roleArn, sessionName } from '../../schemas/fields.ts';
import { replaceCredentials } from '../../services/clouds/replace-credentials.ts';
import { callOf } from '../call.ts';

const credentials = z
  .strictObject({ roleArn, externalId: externalId.optional(), sessionName, durationSeconds: assumeRoleDuration })
  .openapi('RoleCredentials', {
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
      'Replaces all fields and starts a check. The cloud is `pending` until the check ends. Leave out `externalId` for the role that Muster deployed: Muster keeps the external id of that role.',
    request: { params: idParameters, body: body(credentials) },
    responses: { 200: json(cloudSchema, 'The cloud.') },
  },
  ['own_account', 'cloud_is_managed', 'credentials_changed', 'temporal_unavailable'],
  async (c) => {
    const { roleArn, externalId, sessionName, durationSeconds } = c.req.valid('json');
    const input = { roleArn, sessionName, durationSeconds, ...(externalId === undefined ? {} : { externalId }) };
    return c.json(await replaceCredentials(callOf(c), c.req.valid('param').id, input), 200);
  },
);
