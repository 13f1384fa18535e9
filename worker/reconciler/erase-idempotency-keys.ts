import { lt } from 'drizzle-orm';
import { idempotencyKeys } from '../../db/schema/index.ts';
import type { ReconcilerJob } from './job.ts';

/** Erases the answers kept for repeated calls, after their time. */
export const eraseIdempotencyKeys: ReconcilerJob = {
  name: 'erase-idempotency-keys',
  async run({ db }) {
    await db.delete(idempotencyKeys).where(lt(idempotencyKeys.expiresAt, new Date()));
  },
};
