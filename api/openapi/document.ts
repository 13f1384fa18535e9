import { OpenAPIHono } from '@hono/zod-openapi';
import { routes } from '../routes/index.ts';

/** The OpenAPI 3.1 document of all routes. The same routes always give the same document (S2). */
export function openApiDocument() {
  const registry = new OpenAPIHono();
  for (const { route, handler } of routes) registry.openapi(route, handler as never);
  registry.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    description: 'An API key, `muster_…`. The role `admin` may do everything; the role `viewer` may only read.',
  });
  return registry.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Muster',
      version: '1',
      description:
        'Onboards AWS accounts to a cloud-security platform and keeps them in sync. Errors are problem documents (RFC 9457). ' +
        'Create calls take an Idempotency-Key. Lists are paged by cursor.',
    },
    servers: [{ url: '/' }],
    tags: [
      { name: 'Delegation requests', description: 'Onboarding of an AWS account or organization by IAM temporary delegation.' },
      { name: 'Clouds', description: 'The listed accounts with their badges and tags.' },
      { name: 'Organizations', description: 'AWS Organizations, and the syncs that keep their accounts up to date.' },
      { name: 'Access', description: 'API keys and the audit trail.' },
      { name: 'Webhooks', description: 'Endpoints for other services. Each endpoint verifies its caller in its own way.' },
      { name: 'Health', description: 'For load balancers and supervisors.' },
    ],
  });
}
