/**
 * The kinds of work on one organization, which its keeper runs one at a time (O19):
 * - `sync`: lists, checks, plans, applies and makes badges.
 * - `preview`: lists and plans only (O16).
 * - `recheck`: checks the clouds that are not ok, without a listing.
 * - `badging`: reads the tags and makes badges from them (B4, B5).
 */
export const syncKinds = ['sync', 'preview', 'recheck', 'badging'] as const;
export type SyncKind = (typeof syncKinds)[number];

/** The reason why the work was started. */
export const syncTriggers = ['added', 'requested', 'schedule', 'scope_changed', 'credentials_changed'] as const;
export type SyncTrigger = (typeof syncTriggers)[number];

/** The phase of the work. Checks start in `listing` and continue in `applying`, which starts with the plan. */
export const syncPhases = ['queued', 'listing', 'applying', 'badging', 'completed', 'failed', 'cancelled'] as const;
export type SyncPhase = (typeof syncPhases)[number];

/** True if the work has ended. */
export function isFinalSyncPhase(phase: SyncPhase): boolean {
  return phase === 'completed' || phase === 'failed' || phase === 'cancelled';
}

/** The phases of queued and running work. */
export const openSyncPhases = syncPhases.filter((phase) => !isFinalSyncPhase(phase));

/**
 * The state of the check of one account in a sync.
 * - `waiting`: not checked yet.
 * - `deferred`: checked without an answer; the check will be retried.
 * - `done`: has an outcome.
 * - `skipped`: not checked, because the account is out of scope, suspended or not activated yet.
 */
export type CheckState = 'waiting' | 'deferred' | 'done' | 'skipped';

/** The state of held removals (O17). */
export type HeldRemovalsState = 'waiting' | 'confirmed' | 'refused' | 'superseded' | 'expired';

/** The work of a sync, in numbers of accounts. */
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
  /** Checks with an answer: ok + warning + accessDenied. */
  checked: number;
  ok: number;
  warning: number;
  accessDenied: number;
  /** Checks without an answer after all rounds. */
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
