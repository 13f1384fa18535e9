import { lt, sql } from 'drizzle-orm';
import { eraseCredentials } from '../../activities/credential-check/erase-credentials.ts';
import { credentialSets } from '../../db/schema/index.ts';
import type { ReconcilerJob } from './job.ts';

const maxRows = 100;

/** Erases expired credentials that were checked and never used (O5). */
export const eraseExpiredCredentials: ReconcilerJob = {
  name: 'erase-expired-credentials',
  async run({ db, handleEach }) {
    const expired = await db
      .select({ id: credentialSets.id })
      .from(credentialSets)
      .where(lt(credentialSets.expiresAt, new Date()))
      // Random, so that sets that are still in use, or that fail, do not displace the others.
      .orderBy(sql`random()`)
      .limit(maxRows);
    await handleEach(
      expired,
      ({ id }) => ({ credentialSetId: id }),
      ({ id }) => eraseCredentials(db, { credentialSetId: id }),
    );
  },
};
