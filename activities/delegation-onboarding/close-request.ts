import { and, eq } from 'drizzle-orm';
import { writeAudit } from '../../db/audit.ts';
import type { Database } from '../../db/client.ts';
import { appendLateMessages } from '../../db/late-messages.ts';
import { credentialSets, delegationRequests, nicknames, notificationInbox } from '../../db/schema/index.ts';
import type { RecordProgressInput } from '../../workflows/contracts/delegation-onboarding.ts';
import { onboardingActor } from '../actor.ts';
import { nicknameOfRequest } from './complete-request.ts';
import { eraseTokens } from './erase-tokens.ts';
import { writeProgress } from './record-progress.ts';

/**
 * Ends a request without a cloud and leaves nothing half-registered. It records the end, frees the nickname, and erases
 * external ids and tokens (D6). A second run changes nothing.
 */
export async function closeRequest(db: Database, input: RecordProgressInput): Promise<void> {
  const { requestId, change } = input;
  await db.transaction(async (tx) => {
    const [before] = await tx
      .select({ credentialSetId: delegationRequests.credentialSetId })
      .from(delegationRequests)
      .where(eq(delegationRequests.id, requestId))
      .for('update');
    await writeProgress(tx, input);
    // The run ends now and cannot record messages that it received after it called this (D3).
    const delivered = and(eq(notificationInbox.requestId, requestId), eq(notificationInbox.status, 'signalled'));
    await appendLateMessages(tx, requestId, await tx.select().from(notificationInbox).where(delivered));
    if (before?.credentialSetId) {
      await tx.delete(credentialSets).where(eq(credentialSets.id, before.credentialSetId));
      await writeAudit(tx, {
        actor: onboardingActor,
        action: `delegation_request.${change?.phase ?? 'closed'}`,
        target: { type: 'delegation_request', id: requestId },
        detail: { code: change?.failure?.code ?? null },
      });
    }
    await tx.delete(nicknames).where(nicknameOfRequest(requestId));
    await eraseTokens(tx, requestId);
  });
}
