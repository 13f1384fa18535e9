import type { Call } from '../../context.ts';
import { conflict, temporalUnavailable } from '../../problems/errors.ts';
import { toSync, type Sync } from '../../schemas/sync.ts';
import { recordAudit } from '../audit/record.ts';
import { findSync } from './find.ts';

/**
 * Answers for the removals that a sync holds back (O17): the hold takes the answer, writes it and acts. The trail says who
 * asked before the hold is told. Throws 404, 409 no_removals_held or too_late, 503.
 */
export async function confirmRemovals(call: Call, id: string, confirm: boolean): Promise<Sync> {
  const { database, workflows } = call.deps;
  const row = await findSync(database.db, id);
  if (row.heldRemovalsState === null) throw conflict('no_removals_held', 'This sync holds no removals back.');
  if (row.heldRemovalsState !== 'waiting') throw tooLate(row.heldRemovalsState);
  await recordAudit(database.db, call, { action: 'sync.removals_answered', target: { type: 'sync', id }, detail: { confirm } });
  const outcome = await workflows.confirmRemovals(id, { confirm, by: call.actor.name });
  switch (outcome.kind) {
    case 'answered':
      return toSync(await findSync(database.db, id));
    case 'ended':
      throw tooLate(outcome.state ?? (await findSync(database.db, id)).heldRemovalsState);
    case 'unanswered':
      throw temporalUnavailable('No worker took the answer in time. Look at the sync, and answer again if its removals still wait.');
  }
}

function tooLate(state: string | null) {
  // A hold that was terminated by hand leaves its row behind.
  if (state === 'waiting') {
    return conflict('too_late', 'What held the removals runs no more. Start another sync; it decides anew. Their state is waiting.');
  }
  return conflict('too_late', `The removals no longer wait for an answer; their state is ${state}.`);
}
