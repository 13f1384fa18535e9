import { and, eq, inArray } from 'drizzle-orm';
import type { Queryable } from '../../../db/client.ts';
import { clouds, delegationRequests } from '../../../db/schema/index.ts';
import { delegationPhases, isFinalPhase } from '../../../domain/delegation/states.ts';
import { conflict, notFound } from '../../problems/errors.ts';
import type { ServiceError } from '../../problems/service-error.ts';
import { cloudPath } from '../../schemas/cloud.ts';
import { delegationRequestPath, type DelegationRequestRow } from '../../schemas/delegation-request.ts';

/** The constraint that holds one live request an account (D13). */
export const liveAccountConstraint = 'delegation_requests_live_account_key';

const livePhases = delegationPhases.filter((phase) => !isFinalPhase(phase));

/** A request by id; 404 when there is none. */
export async function findDelegationRequest(db: Queryable, id: string): Promise<DelegationRequestRow> {
  const [row] = await db.select().from(delegationRequests).where(eq(delegationRequests.id, id));
  if (!row) throw notFound('delegation request');
  return row;
}

/** The request that runs for an account, as a conflict; null when none does. */
export async function runningConflict(db: Queryable, accountId: string): Promise<ServiceError | null> {
  const [live] = await db
    .select({ id: delegationRequests.id, phase: delegationRequests.phase })
    .from(delegationRequests)
    .where(and(eq(delegationRequests.accountId, accountId), inArray(delegationRequests.phase, livePhases)));
  if (!live) return null;
  return conflict(
    'request_running',
    `A delegation request for account ${accountId} is running; its phase is ${live.phase}.`,
    delegationRequestPath(live.id),
  );
}

/** The cloud that an account is listed as, as a conflict; null when it is not listed. */
export async function listedConflict(db: Queryable, accountId: string): Promise<ServiceError | null> {
  const [cloud] = await db
    .select({ id: clouds.id })
    .from(clouds)
    .where(and(eq(clouds.provider, 'aws'), eq(clouds.accountId, accountId)));
  return cloud ? conflict('account_exists', `Account ${accountId} is already listed.`, cloudPath(cloud.id)) : null;
}

/**
 * Refuses an account that is listed or being requested (D13). The running request is looked for first: it turns into
 * a cloud in one transaction, so an account in transit is seen by one of the two looks.
 */
export async function refuseTakenAccount(db: Queryable, accountId: string): Promise<void> {
  const taken = (await runningConflict(db, accountId)) ?? (await listedConflict(db, accountId));
  if (taken) throw taken;
}
