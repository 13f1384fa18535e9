import { createRoute } from './create.ts';
import { listRoute } from './list.ts';
import { revokeRoute } from './revoke.ts';

export const apiKeyRoutes = [createRoute, listRoute, revokeRoute];
