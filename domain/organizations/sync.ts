/**
 * A piece of work on one organization. All of them are done one at a time by its keeper (O19):
 * - `sync`: list, check, plan, apply, badge.
 * - `preview`: list and plan, and stop there (O16).
 * - `recheck`: check the clouds that are not ok again, without listing anything.
 * - `badging`: read the tags and make badges of them (B4, B5).
 */
export const syncKinds = ['sync', 'preview', 'recheck', 'badging'] as const;
export type SyncKind = (typeof syncKinds)[number];

/** Why it began. */
export const syncTriggers = ['added', 'requested', 'schedule', 'scope_changed', 'credentials_changed'] as const;
export type SyncTrigger = (typeof syncTriggers)[number];

/** How far it is. Checks go on from `listing` into `applying`, which begins with the plan. */
export const syncPhases = ['queued', 'listing', 'applying', 'badging', 'completed', 'failed', 'cancelled'] as const;
export type SyncPhase = (typeof syncPhases)[number];

/** True once nothing more will happen. */
export function isFinalSyncPhase(phase: SyncPhase): boolean {
  return phase === 'completed' || phase === 'failed' || phase === 'cancelled';
}

/** Those of work that waits or runs. */
export const openSyncPhases = syncPhases.filter((phase) => !isFinalSyncPhase(phase));

/**
 * How far the check of one account of a sync is.
 * - `waiting`: to be checked. `deferred`: checked without an answer, to be checked again.
 * - `done`: its outcome stands. `skipped`: not to be checked (out of scope, suspended, not yet activated).
 */
export type CheckState = 'waiting' | 'deferred' | 'done' | 'skipped';

/** What became of removals that were held back (O17). */
export type HeldRemovalsState = 'waiting' | 'confirmed' | 'refused' | 'superseded' | 'expired';

/** What a sync did, in numbers of accounts. */
export interface SyncCounts {
  /** Accounts that AWS listed. */
  listed: number;
  inScope: number;
  excluded: number;
  added: number;
  takenOver: number;
  moved: number;
  renamed: number;
  suspended: number;
  removed: number;
  /** Checks that came to an answer: ok + warning + accessDenied. */
  checked: number;
  ok: number;
  warning: number;
  accessDenied: number;
  /** Checks that came to none, even after all rounds. */
  deferred: number;
}

export const noCounts: SyncCounts = {
  listed: 0,
  inScope: 0,
  excluded: 0,
  added: 0,
  takenOver: 0,
  moved: 0,
  renamed: 0,
  suspended: 0,
  removed: 0,
  checked: 0,
  ok: 0,
  warning: 0,
  accessDenied: 0,
  deferred: 0,
};
