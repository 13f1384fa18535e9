import { eq } from 'drizzle-orm';
import type { Transaction } from '../../db/client.ts';
import { eraseTokens } from '../../db/delegation/erase-tokens.ts';
import { nicknameOfRequest } from '../../db/delegation/release-request.ts';
import { delegationRequests, nicknames } from '../../db/schema/index.ts';
import type { DelegationRequestRow } from '../../db/schema/rows.ts';
import { appendTimeline } from '../../db/timeline.ts';
import { failureTypes } from '../../workflows/contracts/failures.ts';
import { failure } from '../failures.ts';

/** A request whose credentials are still stored. */
export type RequestWithCredentials = DelegationRequestRow & { credentialSetId: string };

/** The request with the credentials that its cloud or organization takes over. Fails as a precondition if they are gone. */
export function requireCredentials(request: DelegationRequestRow | undefined, requestId: string): RequestWithCredentials {
  if (request?.credentialSetId) return { ...request, credentialSetId: request.credentialSetId };
  throw failure(failureTypes.precondition, `The credentials of the request ${requestId} are no longer stored`, {
    code: 'credentials_erased',
  });
}

/**
 * Completes a request: its cloud or organization takes over the nickname, the timeline records it, and the tokens are
 * erased (D11).
 */
export async function completeRequest(
  tx: Transaction,
  requestId: string,
  became: { cloudId: string } | { organizationId: string },
  { message, detail }: { message: string; detail?: Record<string, unknown> },
): Promise<void> {
  const now = new Date();
  const owner =
    'cloudId' in became
      ? ({ ownerType: 'cloud', ownerId: became.cloudId } as const)
      : ({ ownerType: 'organization', ownerId: became.organizationId } as const);
  await tx.update(nicknames).set(owner).where(nicknameOfRequest(requestId));
  await appendTimeline(tx, requestId, [
    { key: 'completed', at: now.toISOString(), type: 'completed', message, detail: { ...became, ...detail } },
  ]);
  await tx
    .update(delegationRequests)
    .set({ ...became, phase: 'completed', expiresAt: null, updatedAt: now })
    .where(eq(delegationRequests.id, requestId));
  await eraseTokens(tx, requestId);
}
