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
    summary: "List an organization's syncs, newest first",
    description: 'Muster keeps the last ten.',
    request: {
      params: idParameters,
      query: z.strictObject({
        ...pageParameters,
        kind: repeatable(z.enum(shownSyncKinds, { error: `kind must be one of ${shownSyncKinds.join(', ')}.` }), {
          items: { type: 'string', enum: [...shownSyncKinds] },
          description: 'May repeat. Matches any of the values. The default is `sync`.',
        }),
      }),
    },
    responses: { 200: json(listOf(syncSchema), 'One page of syncs.') },
  },
  [],
  async (c) => c.json(await listSyncs(callOf(c), c.req.valid('param').id, c.req.valid('query')), 200),
);
