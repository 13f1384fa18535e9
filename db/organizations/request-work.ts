import { and, eq, isNull, sql, type SQL } from 'drizzle-orm';
import type { SyncKind, SyncTrigger } from '../../domain/organizations/sync.ts';
import type { Transaction } from '../client.ts';
import { newId } from '../ids.ts';
import { syncs } from '../schema/index.ts';
import type { OrganizationRow, SyncRow } from '../schema/rows.ts';

/** What is asked of an organization's keeper. Previews differ in what they ask and are not requested here. */
export interface WorkRequest {
  kind: Exclude<SyncKind, 'preview'>;
  trigger: SyncTrigger;
}

/**
 * Writes a row for work on an organization, or joins one that does as much under the same settings (O19): one that
 * waits, or a sync that has not begun planning. The caller holds the organization's row locked for update, and signals
 * the keeper after its commit. A sync whose settings are fixed meanwhile, or that is cancelled, is not joined: each locks
 * the sync's row for that. One that waits is a person's from the first person on who asks for it.
 */
export async function requestWork(tx: Transaction, organization: OrganizationRow, { kind, trigger }: WorkRequest): Promise<SyncRow> {
  const { settingsGeneration } = organization;
  const asked = {
    settingsGeneration: sql`greatest(${syncs.settingsGeneration}, ${settingsGeneration})`,
    updatedAt: new Date(),
  };
  // At what share of AWS's rates it will work goes by this.
  const askedToBegin = { ...asked, trigger: sql`case ${syncs.trigger} when 'schedule' then ${trigger} else ${syncs.trigger} end` };
  const join = async (changes: typeof asked, ...which: SQL[]) => {
    const sync = and(eq(syncs.awsOrganizationId, organization.awsOrganizationId), eq(syncs.kind, 'sync'), ...which);
    return (await tx.update(syncs).set(changes).where(sync).returning())[0];
  };
  // A sync checks all clouds, so it also checks those that are not ok. One that waits comes before one that has begun: the
  // keeper may take it between the two looks, and then the second finds it.
  if (kind !== 'badging') {
    const waiting = await join(askedToBegin, eq(syncs.phase, 'queued'));
    if (waiting) return waiting;
  }
  // Whom a sync has checked by the old credentials, it does not check again by the new ones.
  if (kind === 'sync' && trigger !== 'credentials_changed') {
    const begun = await join(asked, eq(syncs.phase, 'listing'), isNull(syncs.plannedGeneration), isNull(syncs.cancelRequestedAt));
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
      set: askedToBegin,
    })
    .returning();
  return row!;
}
