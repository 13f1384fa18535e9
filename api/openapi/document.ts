import { OpenAPIHono } from '@hono/zod-openapi';
import { routes } from '../routes/index.ts';

/** The OpenAPI 3.1 document of all routes; the same routes always give the same document (S2). */
export function openApiDocument() {
  const registry = new OpenAPIHono();
  for (const { route, handler } of routes) registry.openapi(route, handler as never);
  registry.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    description: 'An API key: `muster_…`. Role `admin` may do everything, `viewer` may only read.',
  });
  return registry.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Muster',
      version: '1',
      description:
        'Onboards AWS accounts under a cloud-security platform and keeps them there. Errors are problem documents (RFC 9457). ' +
        'Creates take an Idempotency-Key. Lists are paged by cursor.',
    },
    servers: [{ url: '/' }],
    tags: [
      { name: 'Delegation requests', description: 'Onboarding one AWS account by IAM temporary delegation.' },
      { name: 'Clouds', description: 'The accounts that are listed, their badges and tags.' },
      { name: 'Organizations', description: 'Whole AWS Organizations, and the work that keeps their accounts in sync.' },
      { name: 'Access', description: 'API keys and the audit trail.' },
      { name: 'Webhooks', description: 'What others call; each believes in its own way.' },
      { name: 'Health', description: 'For load balancers and supervisors.' },
    ],
  });
}
