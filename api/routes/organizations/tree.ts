import { z } from '@hono/zod-openapi';
import { defineRoute, json } from '../../openapi/define-route.ts';
import { idParameters } from '../../schemas/fields.ts';
import { readTree } from '../../services/organizations/tree.ts';
import { callOf } from '../call.ts';

const organizationTree = z
  .object({
    items: z
      .array(
        z.object({
          id: z.string().openapi({ example: 'ou-ab12-cd34ef56' }),
          parentId: z.string().nullable().openapi({ description: 'Null for the root.' }),
          name: z.string(),
          path: z.string().nullable().openapi({ description: 'Has the form of `organizationPath` of a cloud. Empty for the root.' }),
          accountCount: z.int().openapi({ description: 'Number of clouds directly under the unit.' }),
          totalAccountCount: z.int().openapi({ description: 'Number of clouds under the unit at any depth.' }),
        }),
      )
      .openapi({ description: 'The whole tree. Each unit comes after its parent.' }),
  })
  .openapi('OrganizationTree');

export const treeRoute = defineRoute(
  {
    method: 'get',
    path: '/v1/organizations/{id}/tree',
    operationId: 'getOrganizationTree',
    tags: ['Organizations'],
    summary: "List an organization's units with their account counts",
    description: 'Shows the newest complete listing.',
    request: { params: idParameters },
    responses: { 200: json(organizationTree, 'The tree.') },
  },
  [],
  async (c) => c.json({ items: await readTree(callOf(c), c.req.valid('param').id) }, 200),
);
