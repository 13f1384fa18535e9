import { eq } from 'drizzle-orm';
import { cloudOrganizations } from '../../../db/schema/index.ts';
import type { Call } from '../../context.ts';
import { temporalUnavailable } from '../../problems/errors.ts';
import type { Organization } from '../../schemas/organization.ts';
import { recordAudit } from '../audit/record.ts';
import { requireTemporal } from '../temporal.ts';
import { describeOrganizations } from './describe.ts';
import { findOrganization, lockOrganization } from './find.ts';

/**
 * Pauses or resumes the schedule of auto-badging in Temporal (B6). The row mirrors the state of the schedule; after a
 * failure, the reconciler corrects the row. Current runs continue, and requested runs still work. Throws not_found,
 * temporal_unavailable.
 */
export async function pauseAutoBadging(call: Call, id: string, paused: boolean): Promise<Organization> {
  const { db } = call.deps.database;
  const organization = await findOrganization(db, id);
  await requireTemporal(call);
  const { nextRunAt } = await setPaused(call, organization, paused);
  return await db.transaction(async (tx) => {
    await lockOrganization(tx, id);
    const [row] = await tx
      .update(cloudOrganizations)
      .set({ autoBadgingPaused: paused, nextAutoBadgingAt: nextRunAt, updatedAt: new Date() })
      .where(eq(cloudOrganizations.id, id))
      .returning();
    await recordAudit(tx, call, {
      action: `organization.auto_badging_${paused ? 'paused' : 'resumed'}`,
      target: { type: 'organization', id },
      detail: {},
    });
    const [described] = await describeOrganizations(tx, [row!]);
    return described!;
  });
}

async function setPaused(call: Call, organization: Awaited<ReturnType<typeof findOrganization>>, paused: boolean) {
  try {
    return await call.deps.workflows.pauseSchedule(organization, 'badging', { paused, by: call.actor.name });
  } catch (error) {
    throw temporalUnavailable(
      `Temporal did not confirm that the auto-badging schedule is ${paused ? 'paused' : 'resumed'}. Retry in a few seconds.`,
      error,
    );
  }
}
