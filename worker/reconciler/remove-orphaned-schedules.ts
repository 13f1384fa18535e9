import { ScheduleNotFoundError } from '@temporalio/client';
import { inArray } from 'drizzle-orm';
import { cloudOrganizations } from '../../db/schema/index.ts';
import { scheduledKinds } from '../../workflows/contracts/schedule-tick.ts';
import type { ReconcilerJob } from './job.ts';

const ours = new RegExp(`^(${scheduledKinds.join('|')})-schedule/([0-9a-f-]{36})$`);

/** Deletes the schedules of removed organizations (B6, O19). */
export const removeOrphanedSchedules: ReconcilerJob = {
  name: 'remove-orphaned-schedules',
  async run({ client, db, logger, handleEach }) {
    const found: { scheduleId: string; organizationId: string }[] = [];
    for await (const { scheduleId } of client.schedule.list()) {
      const organizationId = ours.exec(scheduleId)?.[2];
      if (organizationId) found.push({ scheduleId, organizationId });
    }
    if (found.length === 0) return;
    const rows = await db
      .select({ id: cloudOrganizations.id })
      .from(cloudOrganizations)
      .where(
        inArray(
          cloudOrganizations.id,
          found.map(({ organizationId }) => organizationId),
        ),
      );
    const registered = new Set(rows.map(({ id }) => id));
    const orphaned = found.filter(({ organizationId }) => !registered.has(organizationId));
    await handleEach(
      orphaned,
      (schedule) => schedule,
      async ({ scheduleId }) => {
        try {
          await client.schedule.getHandle(scheduleId).delete();
          logger.info({ scheduleId }, 'deleted the schedule of a removed organization');
        } catch (error) {
          if (!(error instanceof ScheduleNotFoundError)) throw error;
        }
      },
    );
  },
};
