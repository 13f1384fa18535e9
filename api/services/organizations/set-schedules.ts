import { mirrorSchedules } from '../../../db/organizations/mirror-schedules.ts';
import type { OrganizationRow } from '../../../db/schema/rows.ts';
import type { Call } from '../../context.ts';

/**
 * Sets the schedules of a committed organization in Temporal, and copies the times of the next runs to its row. Does not
 * throw: the reconciler sets the schedules that this does not.
 */
export async function setSchedules(call: Call, organization: OrganizationRow): Promise<void> {
  const { database, workflows, log } = call.deps;
  try {
    await mirrorSchedules(database.db, organization, await workflows.setSchedules(organization));
  } catch {
    log.warn(
      { organizationId: organization.id, requestId: call.requestId },
      'could not set the schedules of the organization; the reconciler will set them',
    );
  }
}
