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
          path: z.string().nullable().openapi({ description: 'As `organizationPath` of a cloud; empty for the root.' }),
          accountCount: z.int().openapi({ description: 'Clouds that hang from it directly.' }),
          totalAccountCount: z.int().openapi({ description: 'The same with all units below.' }),
        }),
      )
      .openapi({ description: 'The whole tree; each unit comes after its parent.' }),
  })
  .openapi('OrganizationTree');

export const treeRoute = defineRoute(
  {
    method: 'get',
    path: '/v1/organizations/{id}/tree',
    operationId: 'getOrganizationTree',
    tags: ['Organizations'],
    summary: 'Its organizational units, with account counts',
    description: 'As of the newest complete listing.',
    request: { params: idParameters },
    responses: { 200: json(organizationTree, 'The tree.') },
  },
  [],
  async (c) => c.json({ items: await readTree(callOf(c), c.req.valid('param').id) }, 200),
);
