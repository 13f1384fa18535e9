import { z } from '@hono/zod-openapi';
import { defineRoute, json } from '../../openapi/define-route.ts';
import { listOf, pageParameters, searchParameter } from '../../schemas/lists.ts';
import { organizationSchema } from '../../schemas/organization.ts';
import { listOrganizations } from '../../services/organizations/list.ts';
import { callOf } from '../call.ts';

export const listRoute = defineRoute(
  {
    method: 'get',
    path: '/v1/organizations',
    operationId: 'listOrganizations',
    tags: ['Organizations'],
    summary: 'List the organizations, oldest first',
    request: {
      query: z.strictObject({
        ...pageParameters,
        search: searchParameter("Part of the nickname, of AWS's organization id or of the management account's id."),
      }),
    },
    responses: { 200: json(listOf(organizationSchema), 'One page of organizations.') },
  },
  [],
  async (c) => c.json(await listOrganizations(callOf(c), c.req.valid('query')), 200),
);
