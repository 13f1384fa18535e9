import { and, eq, inArray } from 'drizzle-orm';
import type { Queryable } from '../../../db/client.ts';
import { findOrganizationOf } from '../../../db/organizations/find-organization-of.ts';
import { clouds, delegationRequests } from '../../../db/schema/index.ts';
import type { DelegationRequestRow } from '../../../db/schema/rows.ts';
import { openDelegationPhases, type DelegationScope } from '../../../domain/delegation/states.ts';
import { conflict, noneWithId } from '../../problems/errors.ts';
import type { ServiceError } from '../../problems/service-error.ts';

/** The constraint that allows one live request per account (D13). */
export const liveAccountConstraint = 'delegation_requests_live_account_key';

/** A request by id. Throws not_found. */
export async function findDelegationRequest(db: Queryable, id: string): Promise<DelegationRequestRow> {
  const [row] = await db.select().from(delegationRequests).where(eq(delegationRequests.id, id));
  if (!row) throw noneWithId('delegation request');
  return row;
}

/** The conflict with a running request for the account. Null if there is none. */
export async function runningConflict(db: Queryable, accountId: string): Promise<ServiceError | null> {
  const [live] = await db
    .select({ id: delegationRequests.id, phase: delegationRequests.phase })
    .from(delegationRequests)
    .where(and(eq(delegationRequests.accountId, accountId), inArray(delegationRequests.phase, openDelegationPhases)));
  if (!live) return null;
  return conflict(
    'request_running',
    `A delegation request for account ${accountId} is already running, in phase ${live.phase}. Cancel it, or wait until it ends.`,
    {
      type: 'delegation_request',
      id: live.id,
    },
  );
}

/** The account or organization that a request is for. */
export interface RequestedAccess {
  scope: DelegationScope;
  accountId: string;
}

/** The conflict with a registered cloud or organization. Null if there is none. */
export async function existingConflict(db: Queryable, { scope, accountId }: RequestedAccess): Promise<ServiceError | null> {
  return scope === 'account' ? await cloudConflict(db, accountId) : await organizationConflict(db, accountId);
}

/** The conflict with the cloud of the account. */
async function cloudConflict(db: Queryable, accountId: string): Promise<ServiceError | null> {
  const [cloud] = await db
    .select({ id: clouds.id })
    .from(clouds)
    .where(and(eq(clouds.provider, 'aws'), eq(clouds.accountId, accountId)));
  return cloud
    ? conflict('account_exists', `Account ${accountId} is already listed as a cloud. Use that cloud, or remove it first.`, {
        type: 'cloud',
        id: cloud.id,
      })
    : null;
}

/**
 * The conflict with the organization that the account manages or is a member of (O6). A cloud of the account itself is no
 * conflict, because the organization takes it over (O11).
 */
async function organizationConflict(db: Queryable, accountId: string): Promise<ServiceError | null> {
  const organization = await findOrganizationOf(db, accountId);
  if (!organization) return null;
  return conflict(
    'organization_exists',
    `Account ${accountId} belongs to organization ${organization.awsOrganizationId}, which is already registered as "${organization.nickname}". Use that organization, or remove it first.`,
    { type: 'organization', id: organization.id },
  );
}

/**
 * Throws the conflict with a running request, a cloud or an organization (D13). The query for the running request comes
 * first. A request becomes a cloud or an organization in one transaction, so one of the two queries finds it.
 */
export async function refuseExisting(db: Queryable, requested: RequestedAccess): Promise<void> {
  const taken = (await runningConflict(db, requested.accountId)) ?? (await existingConflict(db, requested));
  if (taken) throw taken;
}
