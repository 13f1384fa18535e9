import { ScheduleAlreadyRunning, ScheduleNotFoundError, type Client, type ScheduleDescription } from '@temporalio/client';
import { asc, eq, inArray, sql } from 'drizzle-orm';
import type { Logger } from 'pino';
import type { Database } from '../../db/client.ts';
import { cloudOrganizations } from '../../db/schema/index.ts';
import { searchAttributes } from '../../workflows/contracts/search-attributes.ts';
import {
  scheduledKinds,
  scheduleId,
  type ScheduledKind,
  scheduleDefinition,
  scheduleInterval,
} from '../../workflows/contracts/schedule-tick.ts';
import { claimRows } from './claim-rows.ts';

type Organization = typeof cloudOrganizations.$inferSelect;

/** Shorter than the time between two rounds, so that each organization is looked at in each. */
const claimMs = 45_000;
const batch = 200;

/**
 * Brings Temporal's schedules in line with the organizations: one for each kind, at the row's interval; none for those
 * that are gone. Whether one is paused is Temporal's to know, and is only copied to the row (B6, O19).
 */
export async function reconcileSchedules(client: Client, db: Database, logger: Logger): Promise<void> {
  for (const organization of await claim(db)) {
    const [sync, badging] = [await ensure(client, organization, 'sync'), await ensure(client, organization, 'badging')];
    await copy(db, organization, sync, badging);
  }
  await removeOrphans(client, db, logger);
}

async function claim(db: Database): Promise<Organization[]> {
  return await claimRows(db, cloudOrganizations, {
    orderBy: [sql`${cloudOrganizations.claimedUntil} nulls first`, asc(cloudOrganizations.id)],
    most: batch,
    claimMs,
  });
}

/** Creates the schedule where there is none, and gives it the row's interval where it has another, and what it is found by. */
async function ensure(client: Client, organization: Organization, kind: ScheduledKind): Promise<ScheduleDescription> {
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
  const isDue = found.spec.intervals?.length === 1 && found.spec.intervals[0]!.every === every;
  const isFound = found.typedSearchAttributes.get(searchAttributes.organizationId) === organization.awsOrganizationId;
  if (isDue && isFound) return found;
  await handle.update(({ state, policies }) => ({ ...scheduleDefinition(organization, kind), state, policies }));
  return await handle.describe();
}

async function create(client: Client, organization: Organization, kind: ScheduledKind): Promise<void> {
  try {
    await client.schedule.create(scheduleDefinition(organization, kind));
  } catch (error) {
    // Another worker was faster.
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}

async function copy(db: Database, organization: Organization, sync: ScheduleDescription, badging: ScheduleDescription): Promise<void> {
  const seen = {
    syncPaused: sync.state.paused,
    nextSyncAt: nextOf(sync),
    autoBadgingPaused: badging.state.paused,
    nextAutoBadgingAt: nextOf(badging),
    scheduledSyncMinutes: organization.syncEveryMinutes,
    scheduledAutoBadgingMinutes: organization.autoBadgingEveryMinutes,
  };
  const isNews = Object.entries(seen).some(([name, value]) => String(value) !== String(organization[name as keyof typeof seen]));
  if (isNews) await db.update(cloudOrganizations).set(seen).where(eq(cloudOrganizations.id, organization.id));
}

function nextOf({ state, info }: ScheduleDescription): Date | null {
  return state.paused ? null : (info.nextActionTimes[0] ?? null);
}

/** Schedules of organizations that are gone. */
async function removeOrphans(client: Client, db: Database, logger: Logger): Promise<void> {
  const ours = new RegExp(`^(${scheduledKinds.join('|')})-schedule/([0-9a-f-]{36})$`);
  const found = new Map<string, string[]>();
  for await (const { scheduleId } of client.schedule.list()) {
    const organizationId = ours.exec(scheduleId)?.[2];
    if (organizationId) found.set(organizationId, [...(found.get(organizationId) ?? []), scheduleId]);
  }
  if (found.size === 0) return;
  const rows = await db
    .select({ id: cloudOrganizations.id })
    .from(cloudOrganizations)
    .where(inArray(cloudOrganizations.id, [...found.keys()]));
  for (const { id } of rows) found.delete(id);
  for (const scheduleId of [...found.values()].flat()) {
    await client.schedule
      .getHandle(scheduleId)
      .delete()
      .catch((error: unknown) => {
        if (!(error instanceof ScheduleNotFoundError)) throw error;
      });
    logger.info({ scheduleId }, 'removed the schedule of an organization that is gone');
  }
}
