import { listRoute } from './list.ts';

export const auditEventRoutes = [listRoute];
