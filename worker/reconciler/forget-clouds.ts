import { lt, sql } from 'drizzle-orm';
import { rememberedClouds } from '../../db/schema/index.ts';
import type { ReconcilerJob } from './job.ts';

/** Forgets clouds that a sync removed 30 days ago (C5). */
export const forgetClouds: ReconcilerJob = {
  name: 'forget-clouds',
  async run({ db }) {
    await db.delete(rememberedClouds).where(lt(rememberedClouds.expiresAt, sql`now()`));
  },
};
