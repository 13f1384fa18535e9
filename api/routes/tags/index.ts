import { getRoute } from './get.ts';
import { putRoute } from './put.ts';

export const tagRoutes = [getRoute, putRoute];
