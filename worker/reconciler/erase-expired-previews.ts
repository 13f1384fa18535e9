import { eq, lt, sql } from 'drizzle-orm';
import { previews, syncs } from '../../db/schema/index.ts';
import type { ReconcilerJob } from './job.ts';

const maxRows = 100;

/** Erases expired previews and their snapshots (O16). */
export const eraseExpiredPreviews: ReconcilerJob = {
  name: 'erase-expired-previews',
  async run({ db, handleEach }) {
    const expired = await db
      .select({ syncId: previews.syncId })
      .from(previews)
      .where(lt(previews.expiresAt, new Date()))
      // Random, so that previews that fail do not displace the others.
      .orderBy(sql`random()`)
      .limit(maxRows);
    await handleEach(
      expired,
      ({ syncId }) => ({ syncId }),
      async ({ syncId }) => void (await db.delete(syncs).where(eq(syncs.id, syncId))),
    );
  },
};
