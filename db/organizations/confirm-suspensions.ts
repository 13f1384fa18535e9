import { count, eq, inArray, sql } from 'drizzle-orm';
import type { Queryable, Transaction } from '../client.ts';
import { confirmedSuspensions } from '../schema/index.ts';
import { newestListing } from './unknown-scope-ids.ts';

/** The accounts whose removal is confirmed: their number, and the first ids in order. */
export interface ConfirmedSuspensions {
  count: number;
  first: string[];
}

/** Maximum of ids in an answer. */
const shown = 50;

/**
 * Confirms the removal of the accounts that the organization's newest complete listing shows as suspended, because a person
 * has switched `autoRemoveSuspended` on (O8). The caller holds the organization's row locked for update.
 */
export async function confirmSuspensions(tx: Transaction, organizationId: string): Promise<ConfirmedSuspensions> {
  await tx.execute(sql`
    insert into confirmed_suspensions (organization_id, account_id)
    select ${organizationId}::uuid, a.account_id
    from (${newestListing(sql`${organizationId}::uuid`)}) newest join sync_accounts a on a.sync_id = newest.id
    where a.pass is not null and a.state = 'suspended'
    on conflict do nothing`);
  return (await findConfirmedSuspensions(tx, [organizationId])).get(organizationId) ?? { count: 0, first: [] };
}

/** Takes the confirmations back, because the option was switched off. */
export async function revokeSuspensions(tx: Transaction, organizationId: string): Promise<void> {
  await tx.delete(confirmedSuspensions).where(eq(confirmedSuspensions.organizationId, organizationId));
}

/**
 * Moves the confirmations to the rows of a complete sync that begins to plan. They are used up, so they do not cover accounts
 * that are suspended later.
 */
export async function takeConfirmedSuspensions(tx: Transaction, syncId: string, organizationId: string): Promise<void> {
  await tx.execute(sql`
    update sync_accounts a set suspension_confirmed = true
    from confirmed_suspensions c
    where c.organization_id = ${organizationId} and a.sync_id = ${syncId} and a.account_id = c.account_id and a.state = 'suspended'`);
  await revokeSuspensions(tx, organizationId);
}

/** The confirmations that no sync has taken yet, by organization. */
export async function findConfirmedSuspensions(db: Queryable, organizationIds: string[]): Promise<Map<string, ConfirmedSuspensions>> {
  const { organizationId, accountId } = confirmedSuspensions;
  const rows = await db
    .select({
      organizationId,
      count: count(),
      first: sql<string[]>`(array_agg(${accountId} order by ${accountId}))[1:${sql.raw(String(shown))}]`,
    })
    .from(confirmedSuspensions)
    .where(inArray(organizationId, organizationIds))
    .groupBy(organizationId);
  return new Map(rows.map(({ organizationId: id, ...confirmed }) => [id, confirmed]));
}
