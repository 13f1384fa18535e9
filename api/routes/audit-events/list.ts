import { z } from '@hono/zod-openapi';
import { isStorableText } from '../../../db/storable-text.ts';
import { defineRoute, json } from '../../openapi/define-route.ts';
import { auditEventSchema } from '../../schemas/audit-event.ts';
import { listOf, pageParameters } from '../../schemas/lists.ts';
import { listAuditEvents } from '../../services/audit-events/list.ts';
import { callOf } from '../call.ts';

/** A value that is compared as it is. */
const exact = (name: string) =>
  z
    .string({ error: `Give ${name} once.` })
    .max(100, { error: `${name} has at most 100 characters.` })
    .refine(isStorableText, { error: `${name} is text.` })
    .optional();

export const listRoute = defineRoute(
  {
    method: 'get',
    path: '/v1/audit-events',
    operationId: 'listAuditEvents',
    tags: ['Access'],
    summary: 'Who changed what, newest first',
    request: {
      query: z.strictObject({ ...pageParameters, action: exact('action'), targetType: exact('targetType'), targetId: exact('targetId') }),
    },
    responses: { 200: json(listOf(auditEventSchema), 'A page.') },
  },
  [],
  async (c) => c.json(await listAuditEvents(callOf(c), c.req.valid('query')), 200),
);
