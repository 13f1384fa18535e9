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
    summary: 'List the accounts of a sync with their results, in the order in which AWS listed them',
    request: {
      params: idParameters,
      query: z.strictObject({
        ...pageParameters,
        change: repeatable(z.enum(changeKinds, { error: `change must be one of ${changeKinds.join(', ')}.` }), {
          items: { type: 'string', enum: [...changeKinds] },
          description: 'May repeat. Matches any of the values.',
        }),
        status: repeatable(cloudStatusSchema, {
          items: { type: 'string', enum: [...cloudStatuses] },
          description: 'Result of the check. May repeat. Matches any of the values.',
        }),
        search: searchParameter("Part of the account's name or id."),
      }),
    },
    responses: { 200: json(listOf(syncAccountSchema), 'One page of accounts.') },
  },
  [],
  async (c) => c.json(await listSyncAccounts(callOf(c), c.req.valid('param').id, c.req.valid('query')), 200),
);
