import { createRoute } from './create.ts';
import { credentialsRoute } from './credentials.ts';
import { getRoute } from './get.ts';
import { listRoute } from './list.ts';
import { policiesRoute } from './policies.ts';
import { recheckRoute } from './recheck.ts';
import { removeRoute } from './remove.ts';
import { renameRoute } from './rename.ts';

export const cloudRoutes = [createRoute, listRoute, getRoute, renameRoute, removeRoute, credentialsRoute, recheckRoute, policiesRoute];
