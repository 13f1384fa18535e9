import { lt, sql } from 'drizzle-orm';
import { eraseCredentials } from '../../activities/credential-check/erase-credentials.ts';
import { credentialSets } from '../../db/schema/index.ts';
import type { ReconcilerJob } from './job.ts';

const maxRows = 100;

/** Erases credentials that were checked and that nobody adopted (O5). */
export const eraseExpiredCredentials: ReconcilerJob = {
  name: 'erase-expired-credentials',
  async run({ db, handleEach }) {
    const expired = await db
      .select({ id: credentialSets.id })
      .from(credentialSets)
      .where(lt(credentialSets.expiresAt, new Date()))
      // In no order, so that those that are still in use, or that fail, do not keep the others out.
      .orderBy(sql`random()`)
      .limit(maxRows);
    await handleEach(
      expired,
      ({ id }) => ({ credentialSetId: id }),
      ({ id }) => eraseCredentials(db, { credentialSetId: id }),
    );
  },
};
