import type { DefinedRoute } from '../openapi/define-route.ts';
import { acknowledgementRoutes } from './acknowledgements/index.ts';
import { apiKeyRoutes } from './api-keys/index.ts';
import { auditEventRoutes } from './audit-events/index.ts';
import { badgeRoutes } from './badges/index.ts';
import { cloudRoutes } from './clouds/index.ts';
import { delegationRequestRoutes } from './delegation-requests/index.ts';
import { healthRoutes } from './health/index.ts';
import { metricsRoutes } from './metrics/index.ts';
import { organizationRoutes } from './organizations/index.ts';
import { previewRoutes } from './previews/index.ts';
import { syncRoutes } from './syncs/index.ts';
import { tagRoutes } from './tags/index.ts';
import { webhookRoutes } from './webhooks/index.ts';

/** All routes of the API, in the order of the OpenAPI document. */
export const routes: readonly DefinedRoute[] = [
  ...delegationRequestRoutes,
  ...cloudRoutes,
  ...acknowledgementRoutes,
  ...badgeRoutes,
  ...tagRoutes,
  ...organizationRoutes,
  ...syncRoutes,
  ...previewRoutes,
  ...apiKeyRoutes,
  ...auditEventRoutes,
  ...webhookRoutes,
  ...healthRoutes,
  ...metricsRoutes,
];
