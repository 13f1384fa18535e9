import { eq } from 'drizzle-orm';
import type { Queryable } from '../client.ts';
import { cloudOrganizations } from '../schema/index.ts';
import type { OrganizationRow } from '../schema/rows.ts';

/** The part of a schedule in Temporal that the organization's row mirrors. */
export interface ScheduleState {
  paused: boolean;
  /** Null while the schedule is paused. */
  nextRunAt: Date | null;
}

/** Copies the state of both schedules to the organization's row, with the intervals that they were set to (B6). */
export async function mirrorSchedules(
  db: Queryable,
  organization: OrganizationRow,
  { sync, badging }: { sync: ScheduleState; badging: ScheduleState },
): Promise<void> {
  const current = {
    syncPaused: sync.paused,
    nextSyncAt: sync.nextRunAt,
    autoBadgingPaused: badging.paused,
    nextAutoBadgingAt: badging.nextRunAt,
    scheduledSyncMinutes: organization.syncEveryMinutes,
    scheduledAutoBadgingMinutes: organization.autoBadgingEveryMinutes,
  };
  const isChanged = Object.entries(current).some(([name, value]) => String(value) !== String(organization[name as keyof typeof current]));
  if (isChanged) await db.update(cloudOrganizations).set(current).where(eq(cloudOrganizations.id, organization.id));
}
