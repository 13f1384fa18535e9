import { asc } from 'drizzle-orm';
import { ensureSchedules } from '../../activities/organization-keeper/ensure-schedules.ts';
import { cloudOrganizations } from '../../db/schema/index.ts';
import { claimRows } from './claim-rows.ts';
import type { ReconcilerJob } from './job.ts';

const maxRows = 200;

/**
 * Repairs Temporal's schedules from the organizations. The API and the onboarding set an organization's schedules at once.
 * This job sets the schedules that they could not set, and copies the times of the next runs.
 */
export const updateSchedules: ReconcilerJob = {
  name: 'update-schedules',
  async run({ client, db, claimMs, handleEach }) {
    const organizations = await claimRows(db, cloudOrganizations, { orderBy: asc(cloudOrganizations.id), maxRows, claimMs });
    await handleEach(
      organizations,
      ({ awsOrganizationId }) => ({ awsOrganizationId }),
      (organization) => ensureSchedules(client, db, organization),
    );
  },
};
