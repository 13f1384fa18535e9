import { z } from '@hono/zod-openapi';
import { defineRoute, json } from '../../openapi/define-route.ts';
import { auditEventSchema } from '../../schemas/audit-event.ts';
import { exactParameter, listOf, pageParameters } from '../../schemas/lists.ts';
import { listAuditEvents } from '../../services/audit-events/list.ts';
import { callOf } from '../call.ts';

export const listRoute = defineRoute(
  {
    method: 'get',
    path: '/v1/audit-events',
    operationId: 'listAuditEvents',
    tags: ['Access'],
    summary: 'List the audit trail, newest first',
    request: {
      query: z.strictObject({
        ...pageParameters,
        action: exactParameter('action'),
        targetType: exactParameter('targetType'),
        targetId: exactParameter('targetId'),
      }),
    },
    responses: { 200: json(listOf(auditEventSchema), 'One page of audit events.') },
  },
  [],
  async (c) => c.json(await listAuditEvents(callOf(c), c.req.valid('query')), 200),
);
