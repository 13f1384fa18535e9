import { eq } from 'drizzle-orm';
import { clouds } from '../../../db/schema/index.ts';
import type { RunningRecheck } from '../../../workflows/contracts/cloud-recheck.ts';
import type { Call } from '../../context.ts';
import { conflict, temporalUnavailable } from '../../problems/errors.ts';
import type { Cloud } from '../../schemas/cloud.ts';
import { describeCloud } from './describe.ts';
import { recordAudit } from '../audit/record.ts';
import { requireTemporal } from '../temporal.ts';
import { findCloud } from './find.ts';

/**
 * Starts a check of a cloud's role, or joins the running check (C3). A suspended cloud that its organization released is
 * checked, because no sync would notice that it is active again. Throws not_found, cloud_is_suspended,
 * temporal_unavailable.
 */
export async function recheckCloud(call: Call, id: string): Promise<Cloud> {
  const { db } = call.deps.database;
  const cloud = await findCloud(db, id);
  if (cloud.managed && cloud.status === 'suspended') {
    throw conflict(
      'cloud_is_suspended',
      `AWS has suspended or closed account ${cloud.accountId}, so Muster does not check it. The next sync of its organization shows when it is active again.`,
    );
  }
  await requireTemporal(call);
  await db.transaction(async (tx) => {
    // A check that Temporal loses is started again (S8).
    await tx.update(clouds).set({ recheckRequestedAt: new Date() }).where(eq(clouds.id, id));
    await recordAudit(tx, call, { action: 'cloud.recheck_requested', target: { type: 'cloud', id } });
  });
  await startRecheck(call, cloud, 'join', 'Temporal did not start the check. Retry in a few seconds.');
  return await describeCloud(db, cloud);
}

/** Starts the check. Throws temporal_unavailable with the given detail if Temporal does not accept it. */
export async function startRecheck(
  call: Call,
  cloud: { id: string; accountId: string },
  running: RunningRecheck,
  words: string,
): Promise<void> {
  try {
    await call.deps.workflows.recheck(cloud, running);
  } catch (error) {
    throw temporalUnavailable(words, error);
  }
}
