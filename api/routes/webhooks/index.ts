import { snsRoute } from './sns.ts';

export const webhookRoutes = [snsRoute];
