import { isFinalSyncPhase } from '../../../domain/organizations/sync.ts';
import type { Call } from '../../context.ts';
import { conflict, temporalUnavailable } from '../../problems/errors.ts';
import { toSync, type Sync } from '../../schemas/sync.ts';
import { recordAudit } from '../audit/record.ts';
import { findSync } from './find.ts';

/**
 * Asks for a piece of work to end; its keeper writes the end. The trail says who asked before the keeper is told, since
 * the change itself is the keeper's. Throws 404, 409 too_late, 503.
 */
export async function cancelSync(call: Call, id: string): Promise<Sync> {
  const { database, workflows } = call.deps;
  const row = await findSync(database.db, id);
  if (isFinalSyncPhase(row.phase)) throw conflict('too_late', `It can no longer be cancelled; its phase is ${row.phase}.`);
  await recordAudit(database.db, call, { action: 'sync.cancel_requested', target: { type: 'sync', id } });
  try {
    await workflows.cancelSync(row.awsOrganizationId, { syncId: id, by: call.actor.name });
  } catch (error) {
    throw temporalUnavailable('Temporal did not take the cancellation. Try again in a few seconds.', error);
  }
  return toSync(await findSync(database.db, id));
}
