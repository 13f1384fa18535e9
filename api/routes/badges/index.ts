import { deleteByQueryRoute, deleteRoute } from './delete.ts';
import { inUseRoute } from './in-use.ts';
import { listRoute } from './list.ts';
import { setByQueryRoute, setRoute } from './set.ts';

export const badgeRoutes = [listRoute, setRoute, setByQueryRoute, deleteRoute, deleteByQueryRoute, inUseRoute];
