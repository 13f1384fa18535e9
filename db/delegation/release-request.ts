import { and, eq } from 'drizzle-orm';
import { writeAudit, type Actor } from '../audit.ts';
import type { Transaction } from '../client.ts';
import { appendLateMessages } from '../late-messages.ts';
import { credentialSets, nicknames, notificationInbox } from '../schema/index.ts';
import type { DelegationRequestRow } from '../schema/rows.ts';

/** The nickname of a request that has not ended. */
export const nicknameOfRequest = (requestId: string) => and(eq(nicknames.ownerType, 'request'), eq(nicknames.ownerId, requestId));

/**
 * Releases everything that a request held when it ends without a cloud: it erases the external ids, frees the nickname,
 * and audits the end (D6). The caller has locked the request and writes its end.
 */
export async function releaseRequest(
  tx: Transaction,
  { id, credentialSetId }: DelegationRequestRow,
  end: { phase: string; code: string | null; actor: Actor },
): Promise<void> {
  // The run records no message that it received after it asked for the end (D3).
  const delivered = and(eq(notificationInbox.requestId, id), eq(notificationInbox.status, 'signalled'));
  await appendLateMessages(tx, id, await tx.select().from(notificationInbox).where(delivered));
  if (credentialSetId) await tx.delete(credentialSets).where(eq(credentialSets.id, credentialSetId));
  await tx.delete(nicknames).where(nicknameOfRequest(id));
  await writeAudit(tx, {
    actor: end.actor,
    action: `delegation_request.${end.phase}`,
    target: { type: 'delegation_request', id },
    detail: { code: end.code },
  });
}
