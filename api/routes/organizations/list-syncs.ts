import { z } from '@hono/zod-openapi';
import { defineRoute, json } from '../../openapi/define-route.ts';
import { idParameters } from '../../schemas/fields.ts';
import { listOf, pageParameters, repeatable } from '../../schemas/lists.ts';
import { shownSyncKinds, syncSchema } from '../../schemas/sync.ts';
import { listSyncs } from '../../services/syncs/list.ts';
import { callOf } from '../call.ts';

export const listSyncsRoute = defineRoute(
  {
    method: 'get',
    path: '/v1/organizations/{id}/syncs',
    operationId: 'listSyncs',
    tags: ['Organizations'],
    summary: "An organization's syncs, newest first",
    description: 'The last ten are kept.',
    request: {
      params: idParameters,
      query: z.strictObject({
        ...pageParameters,
        kind: repeatable(z.enum(shownSyncKinds, { error: `kind is one of ${shownSyncKinds.join(', ')}.` }), {
          items: { type: 'string', enum: [...shownSyncKinds] },
          description: 'May repeat: any of them. Syncs only unless given.',
        }),
      }),
    },
    responses: { 200: json(listOf(syncSchema), 'A page.') },
  },
  [],
  async (c) => c.json(await listSyncs(callOf(c), c.req.valid('param').id, c.req.valid('query')), 200),
);
