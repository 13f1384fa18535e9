import { ScheduleAlreadyRunning, ScheduleNotFoundError, type Client, type ScheduleDescription } from '@temporalio/client';
import { asc, eq } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { cloudOrganizations } from '../../db/schema/index.ts';
import type { OrganizationRow } from '../../db/schema/rows.ts';
import { searchAttributes } from '../../workflows/contracts/search-attributes.ts';
import { scheduleDefinition, scheduleId, scheduleInterval, type ScheduledKind } from '../../workflows/contracts/schedule-tick.ts';
import { claimRows } from './claim-rows.ts';
import type { ReconcilerJob } from './job.ts';

const maxRows = 200;

/**
 * Updates Temporal's schedules from the organizations: one schedule for each kind, at the row's interval. Temporal owns the
 * pause of a schedule, so the job only copies it to the row (B6, O19).
 */
export const updateSchedules: ReconcilerJob = {
  name: 'update-schedules',
  async run({ client, db, claimMs, handleEach }) {
    const organizations = await claimRows(db, cloudOrganizations, { orderBy: asc(cloudOrganizations.id), maxRows, claimMs });
    await handleEach(
      organizations,
      ({ awsOrganizationId }) => ({ awsOrganizationId }),
      async (organization) => {
        const [sync, badging] = [await ensure(client, organization, 'sync'), await ensure(client, organization, 'badging')];
        await copy(db, organization, sync, badging);
      },
    );
  },
};

/** Creates the schedule, or updates it if its interval or its search attribute differs from the row. */
async function ensure(client: Client, organization: OrganizationRow, kind: ScheduledKind): Promise<ScheduleDescription> {
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

async function create(client: Client, organization: OrganizationRow, kind: ScheduledKind): Promise<void> {
  try {
    // Paused as the row says: Temporal may have lost a schedule that an operator had paused (S8).
    const paused = kind === 'sync' ? organization.syncPaused : organization.autoBadgingPaused;
    await client.schedule.create({ ...scheduleDefinition(organization, kind), state: { paused } });
  } catch (error) {
    // Another worker was faster.
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}

async function copy(db: Database, organization: OrganizationRow, sync: ScheduleDescription, badging: ScheduleDescription): Promise<void> {
  const current = {
    syncPaused: sync.state.paused,
    nextSyncAt: nextOf(sync),
    autoBadgingPaused: badging.state.paused,
    nextAutoBadgingAt: nextOf(badging),
    scheduledSyncMinutes: organization.syncEveryMinutes,
    scheduledAutoBadgingMinutes: organization.autoBadgingEveryMinutes,
  };
  const isChanged = Object.entries(current).some(([name, value]) => String(value) !== String(organization[name as keyof typeof current]));
  if (isChanged) await db.update(cloudOrganizations).set(current).where(eq(cloudOrganizations.id, organization.id));
}

function nextOf({ state, info }: ScheduleDescription): Date | null {
  return state.paused ? null : (info.nextActionTimes[0] ?? null);
}
