import { deleteRoute } from './delete.ts';
import { inUseRoute } from './in-use.ts';
import { listRoute } from './list.ts';
import { setRoute } from './set.ts';

export const badgeRoutes = [listRoute, setRoute, deleteRoute, inUseRoute];
