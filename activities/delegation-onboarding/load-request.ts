import { and, desc, eq, inArray } from 'drizzle-orm';
import type { Queryable } from '../../db/client.ts';
import { delegationEvents, delegationRequests } from '../../db/schema/index.ts';
import type { DelegationRequestFacts, RequestRun } from '../../workflows/contracts/delegation-onboarding.ts';
import { failureTypes } from '../../workflows/contracts/failures.ts';
import { failure } from '../failures.ts';
import { requireGeneration } from './require-ownership.ts';

/** The facts of a request that decisions depend on. */
export async function loadRequest(db: Queryable, requestId: string): Promise<DelegationRequestFacts> {
  const [row] = await db.select().from(delegationRequests).where(eq(delegationRequests.id, requestId));
  if (!row) throw failure(failureTypes.precondition, `There is no delegation request ${requestId}`, { code: 'not_found' });
  return factsOf(row);
}

/** Only these columns reach a workflow's history. */
function factsOf(row: DelegationRequestFacts): DelegationRequestFacts {
  const { id, nickname, scope, accountId, roleName, sessionDurationSeconds, phase, credentialSetId } = row;
  return { id, nickname, scope, accountId, roleName, sessionDurationSeconds, phase, credentialSetId };
}

/** As loadRequest, with what earlier runs of the request did at AWS, so that a new run continues there (S8). */
export async function loadRequestToRun(db: Queryable, run: RequestRun): Promise<DelegationRequestFacts> {
  const row = await requireGeneration(db, run);
  const { awsRequestId, consoleUrl } = row;
  const attempts = await db
    .select({ type: delegationEvents.type, at: delegationEvents.at, detail: delegationEvents.detail })
    .from(delegationEvents)
    .where(and(eq(delegationEvents.requestId, run.requestId), inArray(delegationEvents.type, ['created', 'create_failed'])))
    .orderBy(desc(delegationEvents.number));
  const numberOf = ({ detail }: { detail: Record<string, unknown> }) => Number(detail['attempt']);
  const created = attempts.find(({ type, detail }) => type === 'created' && detail['awsRequestId'] === awsRequestId);
  return {
    ...factsOf(row),
    created:
      created && awsRequestId && consoleUrl ? { attempt: numberOf(created), awsRequestId, consoleUrl, at: created.at.toISOString() } : null,
    lastAttempt: Math.max(0, ...attempts.map(numberOf)),
  };
}
