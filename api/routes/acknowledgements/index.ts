import { createRoute } from './create.ts';
import { endRoute } from './end.ts';
import { listRoute } from './list.ts';

export const acknowledgementRoutes = (['cloud', 'organization'] as const).flatMap((type) => [
  createRoute(type),
  listRoute(type),
  endRoute(type),
]);
