import type { Call } from '../../context.ts';
import { conflict } from '../../problems/errors.ts';
import { toSync, type Sync } from '../../schemas/sync.ts';
import { recordAudit } from '../audit/record.ts';
import { nobodyAnswered } from '../temporal.ts';
import { findSync } from './find.ts';

/**
 * Confirms or refuses the held removals of a sync (O17). The removal hold records the answer and carries it out. The audit
 * entry is written before the hold gets the answer. Throws not_found, no_removals_held, too_late, no_worker,
 * temporal_unavailable.
 */
export async function confirmRemovals(call: Call, id: string, confirm: boolean): Promise<Sync> {
  const { database, workflows } = call.deps;
  const row = await findSync(database.db, id);
  if (row.heldRemovalsState === null) throw conflict('no_removals_held', 'This sync holds no removals, so there is nothing to confirm.');
  if (row.heldRemovalsState !== 'waiting') throw tooLate(row.heldRemovalsState);
  await recordAudit(database.db, call, { action: 'sync.removals_answered', target: { type: 'sync', id }, detail: { confirm } });
  const outcome = await workflows.confirmRemovals(id, { confirm, by: call.actor.name });
  switch (outcome.kind) {
    case 'answered':
      return toSync(await findSync(database.db, id));
    case 'ended':
      throw tooLate(outcome.state ?? (await findSync(database.db, id)).heldRemovalsState);
    case 'unanswered':
      throw await nobodyAnswered(call, 'No worker accepted the answer in time. Get the sync, and retry if its removals are still waiting.');
  }
}

function tooLate(state: string | null) {
  // If an operator terminates the hold in Temporal, its row stays in `waiting`.
  if (state === 'waiting') {
    return conflict(
      'too_late',
      'The run that held these removals has ended, so their state stays waiting. Start another sync, which plans the removals again.',
    );
  }
  return conflict('too_late', `These removals no longer need an answer, because their state is ${state}.`);
}
