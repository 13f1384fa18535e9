import { and, eq, isNotNull } from 'drizzle-orm';
import { isFinalPhase, type DelegationPhase } from '../../domain/delegation/states.ts';
import type { Actor } from '../audit.ts';
import type { Database, Transaction } from '../client.ts';
import { delegationRequests, notificationInbox } from '../schema/index.ts';
import { appendTimeline } from '../timeline.ts';
import { eraseTokens } from './erase-tokens.ts';
import { releaseRequest } from './release-request.ts';

/** The end of a request whose run cannot end it. */
export interface EndWithoutRun {
  phase: Extract<DelegationPhase, 'failed' | 'cancelled'>;
  code: string;
  message: string;
  actor: Actor;
}

/**
 * Ends an open request whose run is gone (S8). A run that turns up later is superseded. If the request may have left
 * something in the account, the reconciler starts its removal, which needs the exchange token; else the token is erased.
 * Returns false if the request has ended, or has another run, in between.
 */
export async function closeWithoutRun(
  db: Database,
  { id, generation }: { id: string; generation: number },
  { phase, code, message, actor }: EndWithoutRun,
): Promise<boolean> {
  return await db.transaction(async (tx) => {
    const [row] = await tx.select().from(delegationRequests).where(eq(delegationRequests.id, id)).for('update');
    if (!row || isFinalPhase(row.phase) || row.generation !== generation) return false;
    const now = new Date();
    // Nothing is deployed without a token, so without one and without a stack there is nothing to remove.
    const cleanUpDue = row.stackName !== null || (await hasToken(tx, id));
    await tx
      .update(delegationRequests)
      .set({
        phase,
        failureCode: code,
        failureMessage: message,
        expiresAt: null,
        generation: generation + 1,
        cleanUpDue,
        claimedUntil: null,
        updatedAt: now,
      })
      .where(eq(delegationRequests.id, id));
    await appendTimeline(tx, id, [{ key: 'ended', at: now.toISOString(), type: phase, message, detail: { code } }]);
    await releaseRequest(tx, row, { phase, code, actor });
    if (!cleanUpDue) await eraseTokens(tx, id);
    return true;
  });
}

async function hasToken(tx: Transaction, requestId: string): Promise<boolean> {
  const [token] = await tx
    .select({ id: notificationInbox.id })
    .from(notificationInbox)
    .where(and(eq(notificationInbox.requestId, requestId), isNotNull(notificationInbox.sealedToken)))
    .limit(1);
  return token !== undefined;
}
