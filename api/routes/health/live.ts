import { z } from '@hono/zod-openapi';
import { defineRoute, json } from '../../openapi/define-route.ts';

export const liveRoute = defineRoute(
  {
    method: 'get',
    path: '/health/live',
    operationId: 'isLive',
    tags: ['Health'],
    summary: 'Check that the process runs',
    security: [],
    request: { query: z.looseObject({}) },
    responses: { 200: json(z.object({ status: z.literal('ok') }), 'The process runs.') },
  },
  [],
  (c) => c.json({ status: 'ok' as const }, 200),
);
