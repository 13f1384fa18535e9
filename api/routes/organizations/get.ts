import { defineRoute, json } from '../../openapi/define-route.ts';
import { idParameters } from '../../schemas/fields.ts';
import { organizationSchema } from '../../schemas/organization.ts';
import { getOrganization } from '../../services/organizations/describe.ts';
import { callOf } from '../call.ts';

export const getRoute = defineRoute(
  {
    method: 'get',
    path: '/v1/organizations/{id}',
    operationId: 'getOrganization',
    tags: ['Organizations'],
    summary: 'Get an organization',
    request: { params: idParameters },
    responses: { 200: json(organizationSchema, 'The organization.') },
  },
  [],
  async (c) => c.json(await getOrganization(callOf(c), c.req.valid('param').id), 200),
);
