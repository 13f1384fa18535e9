import { and, eq, isNull, sql, type SQL } from 'drizzle-orm';
import type { SyncKind, SyncTrigger } from '../../domain/organizations/sync.ts';
import type { Transaction } from '../client.ts';
import { newId } from '../ids.ts';
import { syncs } from '../schema/index.ts';
import type { OrganizationRow, SyncRow } from '../schema/rows.ts';

/** A piece of work for an organization's keeper. Previews are not requested here, because no two are alike. */
export interface WorkRequest {
  kind: Exclude<SyncKind, 'preview'>;
  trigger: SyncTrigger;
}

/**
 * Inserts a row for work on an organization, or joins a row that does at least as much under the same settings (O19): a
 * queued row, or a sync that has not begun to plan. Planning and cancelling lock the sync's row, so a sync that is planned or
 * cancelled while this runs is not joined. A row queued by the schedule takes the trigger of the first person who joins it.
 *
 * The caller holds the organization's row locked for update, and signals the keeper after its commit.
 */
export async function requestWork(tx: Transaction, organization: OrganizationRow, { kind, trigger }: WorkRequest): Promise<SyncRow> {
  const { settingsGeneration } = organization;
  const joined = {
    settingsGeneration: sql`greatest(${syncs.settingsGeneration}, ${settingsGeneration})`,
    updatedAt: new Date(),
  };
  // The trigger decides the share of AWS's rates that the work may use.
  const joinedInQueue = { ...joined, trigger: sql`case ${syncs.trigger} when 'schedule' then ${trigger} else ${syncs.trigger} end` };
  const join = async (changes: typeof joined, ...which: SQL[]) => {
    const sync = and(eq(syncs.awsOrganizationId, organization.awsOrganizationId), eq(syncs.kind, 'sync'), ...which);
    return (await tx.update(syncs).set(changes).where(sync).returning())[0];
  };
  // A sync also does the work of a recheck, because it checks all clouds. The queued sync is looked up first: if the keeper
  // starts it between the two lookups, the second one finds it.
  if (kind !== 'badging') {
    const waiting = await join(joinedInQueue, eq(syncs.phase, 'queued'));
    if (waiting) return waiting;
  }
  // A running sync keeps the outcomes of its checks with the old credentials, so new credentials need a new sync.
  if (kind === 'sync' && trigger !== 'credentials_changed') {
    const begun = await join(joined, eq(syncs.phase, 'listing'), isNull(syncs.plannedGeneration), isNull(syncs.cancelRequestedAt));
    if (begun) return begun;
  }
  const [row] = await tx
    .insert(syncs)
    .values({
      id: newId(),
      kind,
      organizationId: organization.id,
      awsOrganizationId: organization.awsOrganizationId,
      trigger,
      settingsGeneration,
    })
    .onConflictDoUpdate({
      target: [syncs.awsOrganizationId, syncs.kind],
      targetWhere: sql`${syncs.phase} = 'queued' and ${syncs.kind} <> 'preview'`,
      set: joinedInQueue,
    })
    .returning();
  return row!;
}
