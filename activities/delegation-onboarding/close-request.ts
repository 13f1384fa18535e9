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
 * Ends a request without a cloud, with nothing half-registered: its end is recorded, its nickname is free again, its
 * external ids and tokens are erased (D6). Running again changes nothing.
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
    // The run has nobody left to write down what it was told since it asked for this (D3).
    const told = and(eq(notificationInbox.requestId, requestId), eq(notificationInbox.status, 'signalled'));
    await appendLateMessages(tx, requestId, await tx.select().from(notificationInbox).where(told));
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
