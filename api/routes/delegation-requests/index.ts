import { cancelRoute } from './cancel.ts';
import { createRoute } from './create.ts';
import { eventsRoute } from './events.ts';
import { getRoute } from './get.ts';
import { listRoute } from './list.ts';
import { policyRoute } from './policy.ts';
import { resendRoute } from './resend.ts';

export const delegationRequestRoutes = [createRoute, listRoute, getRoute, policyRoute, eventsRoute, cancelRoute, resendRoute];
