import { z } from '@hono/zod-openapi';
import { defineRoute, json } from '../../openapi/define-route.ts';
import { checkReadiness } from '../../services/health/check-readiness.ts';

const check = z.literal('ok');

export const readyRoute = defineRoute(
  {
    method: 'get',
    path: '/health/ready',
    operationId: 'isReady',
    tags: ['Health'],
    summary: 'Check that Postgres and Temporal answer',
    security: [],
    request: { query: z.looseObject({}) },
    responses: {
      200: json(z.object({ status: z.literal('ready'), checks: z.object({ postgres: check, temporal: check }) }), 'Both answer.'),
    },
  },
  ['not_ready'],
  async (c) => {
    await checkReadiness(c.var.deps);
    return c.json({ status: 'ready' as const, checks: { postgres: 'ok' as const, temporal: 'ok' as const } }, 200);
  },
);
