import { z } from '@hono/zod-openapi';
import { defineRoute } from '../../openapi/define-route.ts';

const metricsRoute = defineRoute(
  {
    method: 'get',
    path: '/metrics',
    operationId: 'readMetrics',
    tags: ['Health'],
    summary: 'Read the metrics of this process, for Prometheus',
    description:
      'Call durations by route and status, delegation requests by phase, the lag of notifications, and figures of the process. The metrics hold no name, id or secret. Allow access from your own network only.',
    security: [],
    request: { query: z.looseObject({}) },
    responses: { 200: { description: "The metrics in Prometheus' text format.", content: { 'text/plain': { schema: z.string() } } } },
  },
  [],
  async (c) => {
    const { contentType, text } = await c.var.deps.metrics.read();
    return c.body(text, 200, { 'Content-Type': contentType });
  },
);

export const metricsRoutes = [metricsRoute];
