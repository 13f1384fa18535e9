import { accountsRoute } from './accounts.ts';
import { cancelRoute } from './cancel.ts';
import { confirmRemovalsRoute } from './confirm-removals.ts';
import { eventsRoute } from './events.ts';
import { getRoute } from './get.ts';

export const syncRoutes = [getRoute, accountsRoute, eventsRoute, cancelRoute, confirmRemovalsRoute];
