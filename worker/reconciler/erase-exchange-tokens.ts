import { and, eq, inArray, isNotNull, lt, or, sql } from 'drizzle-orm';
import { delegationRequests, notificationInbox } from '../../db/schema/index.ts';
import { delegationPhases, isFinalPhase } from '../../domain/delegation/states.ts';
import type { ReconcilerJob } from './job.ts';

/** Erases the exchange tokens of ended requests with nothing to clean up, and tokens that expired a day ago (D11). */
export const eraseExchangeTokens: ReconcilerJob = {
  name: 'erase-exchange-tokens',
  async run({ db }) {
    const ended = db
      .select({ id: delegationRequests.id })
      .from(delegationRequests)
      .where(and(inArray(delegationRequests.phase, delegationPhases.filter(isFinalPhase)), eq(delegationRequests.cleanUpDue, false)));
    await db
      .update(notificationInbox)
      .set({ sealedToken: null, tokenKeyId: null })
      .where(
        and(
          isNotNull(notificationInbox.sealedToken),
          or(inArray(notificationInbox.requestId, ended), lt(notificationInbox.tokenExpiresAt, sql`now() - interval '1 day'`)),
        ),
      );
  },
};
