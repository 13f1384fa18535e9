import { z } from '@hono/zod-openapi';
import { cloudStatuses } from '../../../domain/clouds/status.ts';
import { changeKinds } from '../../../domain/organizations/plan.ts';
import { defineRoute, json } from '../../openapi/define-route.ts';
import { cloudStatusSchema } from '../../schemas/cloud.ts';
import { idParameters } from '../../schemas/fields.ts';
import { listOf, pageParameters, repeatable, searchParameter } from '../../schemas/lists.ts';
import { syncAccountSchema } from '../../schemas/sync.ts';
import { listSyncAccounts } from '../../services/syncs/list-accounts.ts';
import { callOf } from '../call.ts';

export const accountsRoute = defineRoute(
  {
    method: 'get',
    path: '/v1/syncs/{id}/accounts',
    operationId: 'listSyncAccounts',
    tags: ['Organizations'],
    summary: 'What a sync made of each account, in the order of its listing',
    request: {
      params: idParameters,
      query: z.strictObject({
        ...pageParameters,
        change: repeatable(z.enum(changeKinds, { error: `change is one of ${changeKinds.join(', ')}.` }), {
          items: { type: 'string', enum: [...changeKinds] },
          description: 'May repeat: any of them.',
        }),
        status: repeatable(cloudStatusSchema, {
          items: { type: 'string', enum: [...cloudStatuses] },
          description: 'How the check ended. May repeat: any of them.',
        }),
        search: searchParameter("Part of the account's name or id."),
      }),
    },
    responses: { 200: json(listOf(syncAccountSchema), 'A page.') },
  },
  [],
  async (c) => c.json(await listSyncAccounts(callOf(c), c.req.valid('param').id, c.req.valid('query')), 200),
);
