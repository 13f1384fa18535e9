import { and, inArray, isNotNull, lt, or, sql } from 'drizzle-orm';
import { delegationRequests, notificationInbox } from '../../db/schema/index.ts';
import { delegationPhases, isFinalPhase } from '../../domain/delegation/states.ts';
import type { ReconcilerJob } from './job.ts';

/** Erases the exchange tokens of ended requests, and tokens that expired a day ago (D11). */
export const eraseExchangeTokens: ReconcilerJob = {
  name: 'erase-exchange-tokens',
  async run({ db }) {
    const ended = db
      .select({ id: delegationRequests.id })
      .from(delegationRequests)
      .where(inArray(delegationRequests.phase, delegationPhases.filter(isFinalPhase)));
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
