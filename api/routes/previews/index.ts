import { changesRoute } from './changes.ts';
import { getRoute } from './get.ts';

export const previewRoutes = [getRoute, changesRoute];
