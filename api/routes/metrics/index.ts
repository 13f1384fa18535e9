import { z } from '@hono/zod-openapi';
import { defineRoute } from '../../openapi/define-route.ts';

const metricsRoute = defineRoute(
  {
    method: 'get',
    path: '/metrics',
    operationId: 'readMetrics',
    tags: ['Health'],
    summary: "The process's metrics, for Prometheus",
    description:
      'Calls by route and status with their durations, delegation requests by phase, the lag of notifications, and the process itself. Holds no name, id or secret; still, let only your own network reach it.',
    security: [],
    request: { query: z.looseObject({}) },
    responses: { 200: { description: "Prometheus' text format.", content: { 'text/plain': { schema: z.string() } } } },
  },
  [],
  async (c) => {
    const { contentType, text } = await c.var.deps.metrics.read();
    return c.body(text, 200, { 'Content-Type': contentType });
  },
);

export const metricsRoutes = [metricsRoute];
