import { eq } from 'drizzle-orm';
import type { Queryable } from '../../db/client.ts';
import { delegationRequests } from '../../db/schema/index.ts';
import type { DelegationRequestFacts } from '../../workflows/contracts/delegation-onboarding.ts';
import { failureTypes } from '../../workflows/contracts/failures.ts';
import { failure } from '../failures.ts';

/** The facts of a request that decisions depend on. */
export async function loadRequest(db: Queryable, requestId: string): Promise<DelegationRequestFacts> {
  const [row] = await db
    .select({
      id: delegationRequests.id,
      nickname: delegationRequests.nickname,
      scope: delegationRequests.scope,
      accountId: delegationRequests.accountId,
      roleName: delegationRequests.roleName,
      sessionDurationSeconds: delegationRequests.sessionDurationSeconds,
      phase: delegationRequests.phase,
      credentialSetId: delegationRequests.credentialSetId,
    })
    .from(delegationRequests)
    .where(eq(delegationRequests.id, requestId));
  if (!row) throw failure(failureTypes.precondition, `There is no delegation request ${requestId}`, { code: 'not_found' });
  return row;
}
