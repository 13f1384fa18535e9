import { liveRoute } from './live.ts';
import { readyRoute } from './ready.ts';

export const healthRoutes = [liveRoute, readyRoute];
