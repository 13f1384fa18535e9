import { z } from '@hono/zod-openapi';
import { body, defineRoute, json } from '../../openapi/define-route.ts';
import { cloudSchema } from '../../schemas/cloud.ts';
import { assumeRoleDuration, externalId, idParameters, roleArn, sessionName } from '../../schemas/fields.ts';
import { replaceCredentials } from '../../services/clouds/replace-credentials.ts';
import { callOf } from '../call.ts';

const credentials = z
  .strictObject({ roleArn, externalId: externalId.optional(), sessionName, durationSeconds: assumeRoleDuration })
  .openapi('RoleCredentials', { description: 'How the role is assumed. Sealed whole; only the role ARN is ever shown again.' });

export const credentialsRoute = defineRoute(
  {
    method: 'put',
    path: '/v1/clouds/{id}/credentials',
    operationId: 'replaceCloudCredentials',
    tags: ['Clouds'],
    summary: "Replace how a cloud's role is assumed",
    description:
      'All fields at once; the cloud is pending until the check that this starts has ended. For the role that Muster deployed, leave externalId out: it stays as it is.',
    request: { params: idParameters, body: body(credentials) },
    responses: { 200: json(cloudSchema, 'The cloud.') },
  },
  ['cloud_is_managed', 'credentials_changed', 'temporal_unavailable'],
  async (c) => {
    const { roleArn, externalId, sessionName, durationSeconds } = c.req.valid('json');
    const input = { roleArn, sessionName, durationSeconds, ...(externalId === undefined ? {} : { externalId }) };
    return c.json(await replaceCredentials(callOf(c), c.req.valid('param').id, input), 200);
  },
);
