import { lt } from 'drizzle-orm';
import { idempotencyKeys } from '../../db/schema/index.ts';
import type { ReconcilerJob } from './job.ts';

/** Erases expired idempotency keys and their stored responses (S2). */
export const eraseIdempotencyKeys: ReconcilerJob = {
  name: 'erase-idempotency-keys',
  async run({ db }) {
    await db.delete(idempotencyKeys).where(lt(idempotencyKeys.expiresAt, new Date()));
  },
};
