import { ScheduleAlreadyRunning, ScheduleNotFoundError, type Client, type ScheduleDescription } from '@temporalio/client';
import type { Database } from '../../db/client.ts';
import { mirrorSchedules, type ScheduleState } from '../../db/organizations/mirror-schedules.ts';
import type { OrganizationRow } from '../../db/schema/rows.ts';
import { searchAttributes } from '../../workflows/contracts/search-attributes.ts';
import { scheduleDefinition, scheduleId, scheduleInterval, type ScheduledKind } from '../../workflows/contracts/schedule-tick.ts';

/** The part of Temporal's client that keeps schedules. */
export type ScheduleClient = Pick<Client, 'schedule'>;

/**
 * Gives an organization its schedules in Temporal, one for each kind at the row's interval, and copies their state to the
 * row. Temporal owns the pause of a schedule, so it is only copied (B6, O19). It can run twice.
 */
export async function ensureSchedules(client: ScheduleClient, db: Database, organization: OrganizationRow): Promise<void> {
  const [sync, badging] = [await ensure(client, organization, 'sync'), await ensure(client, organization, 'badging')];
  await mirrorSchedules(db, organization, { sync: stateOf(sync), badging: stateOf(badging) });
}

/** Creates the schedule, or updates it if its interval or its search attribute differs from the row. */
async function ensure(client: ScheduleClient, organization: OrganizationRow, kind: ScheduledKind): Promise<ScheduleDescription> {
  const handle = client.schedule.getHandle(scheduleId(kind, organization.id));
  const found = await handle.describe().catch((error: unknown) => {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  });
  if (!found) {
    await create(client, organization, kind);
    return await handle.describe();
  }
  const { every } = scheduleInterval(organization, kind);
  const hasInterval = found.spec.intervals?.length === 1 && found.spec.intervals[0]!.every === every;
  const hasSearchAttribute = found.typedSearchAttributes.get(searchAttributes.organizationId) === organization.awsOrganizationId;
  if (hasInterval && hasSearchAttribute) return found;
  await handle.update(({ state, policies }) => ({ ...scheduleDefinition(organization, kind), state, policies }));
  return await handle.describe();
}

async function create(client: ScheduleClient, organization: OrganizationRow, kind: ScheduledKind): Promise<void> {
  try {
    // Paused as the row says: Temporal may have lost a schedule that an operator had paused (S8).
    const paused = kind === 'sync' ? organization.syncPaused : organization.autoBadgingPaused;
    await client.schedule.create({ ...scheduleDefinition(organization, kind), state: { paused } });
  } catch (error) {
    // Another process was faster.
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}

function stateOf({ state, info }: ScheduleDescription): ScheduleState {
  return { paused: state.paused, nextRunAt: state.paused ? null : (info.nextActionTimes[0] ?? null) };
}
