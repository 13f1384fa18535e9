/**
 * The activities of organizations. Accounts are named by ranges of their numbers in a sync (`sync_accounts.number`):
 * no list of accounts is ever in a payload, and what an activity has done is in those rows, so that each can run twice.
 *
 * Fencing: `takeInventory` and `readTags` raise `syncs.inventory_attempt` when they begin and name their attempt in each
 * write; the write of an attempt that was overtaken is refused. Everything else that writes does it in a transaction that
 * locks the rows it changes and reads how they stand, so that a late second run finds nothing to do.
 *
 * Gone: when the organization or the sync was deleted meanwhile, an activity fails with Precondition,
 * code `organization_removed`.
 */
import type { BadgingCounts } from '../../domain/badges/counts.ts';
import type { HeldRemovalsState, SyncKind, SyncPhase, SyncTrigger } from '../../domain/organizations/sync.ts';
import type { CredentialCheckItem, DescribedOrganization } from './credential-check.ts';
import type { ScheduledKind } from './schedule-tick.ts';

/** Accounts of a sync by their numbers, both ends included. */
export interface AccountRange {
  syncId: string;
  from: number;
  to: number;
}

/** What the keeper is to run next. */
export interface NextSync {
  syncId: string;
  kind: SyncKind;
  trigger: SyncTrigger;
  /** Our own; null for an organization that is not registered. */
  organizationId: string | null;
  /** For the summary; null for an organization that is not registered. */
  nickname: string | null;
}

/** What an inventory found. */
export interface InventoryResult {
  /** The highest account number: all of 1…lastNumber are in the snapshot. */
  lastNumber: number;
  organizationalUnits: number;
  policies: number;
  /** How tags were read: in bulk by the tagging API, or account by account. */
  tagSource: 'tagging' | 'organizations';
}

/** How the checks of a range ended. Accounts whose check had an outcome before are not counted again. */
export interface CheckCounts {
  ok: number;
  warning: number;
  accessDenied: number;
  /** Not to be checked: out of scope, suspended, not activated. */
  skipped: number;
  /** To be asked again. */
  deferred: number;
  /** What AWS asks to wait before that, in milliseconds; 0 where it did not say. */
  retryAfterMs: number;
}

/** A sync whose settings are fixed. */
export interface PlanningFacts {
  /** The highest number, including those of clouds that were not listed. */
  lastNumber: number;
  /** The organization's clouds before this sync, without those that its early slices have brought: what the removal guard measures by. */
  clouds: number;
  /** Accounts whose check is still to be made, by the settings that hold now. */
  unchecked: number;
  /** Whether the accounts were listed in one unbroken pass. */
  complete: boolean;
}

/**
 * - `early`: while the listing goes on, adds and takes over accounts that are checked, under the settings of the moment.
 * - `plan`: writes the plan to the accounts' rows and changes nothing else (a preview).
 * - `apply`: writes the plan and carries it out, but for removals.
 */
export type SliceMode = 'early' | 'plan' | 'apply';

/**
 * What a slice came to, in accounts: what its plan says, however often it is asked. Removals are planned here and never
 * made here. `added` and `takenOver` alone are what this call did, so that those of early slices can be added to them.
 */
export interface SliceCounts {
  inScope: number;
  excluded: number;
  added: number;
  takenOver: number;
  moved: number;
  renamed: number;
  suspended: number;
  toRemove: number;
}

/** Waiting checks, cut into batches. */
export interface UncheckedBatches {
  /** At most as many as asked for; each holds about `size` accounts to check. */
  batches: { from: number; to: number }[];
  /** True when there are more behind the last. */
  more: boolean;
}

/** How a piece of work ends. */
export interface SyncEnding {
  syncId: string;
  phase: Extract<SyncPhase, 'completed' | 'failed' | 'cancelled'>;
  failure: { code: string; message: string } | null;
}

export type EndedHeldRemovals = Exclude<HeldRemovalsState, 'waiting'>;

/** How a hold is to end. */
export interface HeldRemovalsEnding {
  syncId: string;
  state: EndedHeldRemovals;
  /** Null where nobody answered. */
  by: string | null;
}

/** What touches AWS. */
export interface OrganizationAwsActivities {
  /**
   * Sweeps the organization: units, accounts, tags, policies and their targets, each listing page by page into the
   * snapshot, in parallel, under the rate budget of the sync's trigger. Heartbeats, and signals `listed` to the run that
   * called it. An attempt after another goes on where that one stopped, with empty buckets. Listing the accounts denied:
   * AccessDenied, and nothing of the snapshot counts as complete.
   */
  takeInventory(input: { syncId: string }): Promise<InventoryResult>;
  /**
   * Checks the accounts of a range that wait or were deferred, side by side, and writes each outcome as it comes.
   * Heartbeats. An account's failure is an outcome; this fails only for what concerns all accounts. What a policy denies
   * is deferred until the organization's policies are read, which name it.
   */
  checkAccounts(input: AccountRange): Promise<CheckCounts>;
  /** Stage 1 of auto-badging: the tags of the accounts of a run that prepareBadging made. Heartbeats. */
  readTags(input: { syncId: string }): Promise<void>;

  /** Assumes the organization role. A refusal is a check that did not pass; transient faults are failures, retried. */
  checkAssumeRole(input: { credentialSetId: string }): Promise<CredentialCheckItem>;
  checkDescribeOrganization(input: {
    credentialSetId: string;
  }): Promise<{ check: CredentialCheckItem; organization: DescribedOrganization | null }>;
  /** One item for each action that the organization role needs (domain/organizations/actions.ts). */
  checkSimulate(input: { credentialSetId: string }): Promise<CredentialCheckItem[]>;
}

/** What touches our database, and Temporal where it says so. */
export interface OrganizationRegistryActivities {
  /**
   * What the keeper runs next: a row that runs already (its assignment was lost on the way), else the oldest that
   * waits, which it marks as begun. Null when nothing waits.
   */
  takeNextSync(input: { awsOrganizationId: string }): Promise<NextSync | null>;
  /** Whether an organization of this id is registered, or work for it waits: whether its keeper has a reason to live. */
  isOrganizationKept(input: { awsOrganizationId: string }): Promise<boolean>;
  /** Ends a piece of work, however it came to it: the row's end and, for the keeper, the next one's turn. Drops all syncs but the last ten. */
  finishSync(input: SyncEnding): Promise<void>;
  enterSyncPhase(input: { syncId: string; phase: SyncPhase }): Promise<void>;

  /**
   * Fixes the settings that the sync is planned under. Clouds that were not listed get numbers behind those that were;
   * accounts that were skipped under older settings and are in scope now wait for their check.
   */
  beginPlanning(input: { syncId: string }): Promise<PlanningFacts>;
  /** Cuts the accounts that still wait for a check, with numbers above `after`, into at most `most` batches. */
  divideUnchecked(input: { syncId: string; after: number; size: number; most: number }): Promise<UncheckedBatches>;
  /** Gives up what is still deferred: its last reason becomes its outcome. */
  giveUpChecks(input: { syncId: string }): Promise<{ deferred: number }>;
  /** Plans a slice and, by mode, carries the plan out: one transaction. */
  planSlice(input: AccountRange & { mode: SliceMode }): Promise<SliceCounts>;
  /** Makes the snapshot's units, policies and attachments the organization's. */
  publishTree(input: { syncId: string }): Promise<void>;
  /** Removes the clouds of a range whose plan says so and that are still as planned; their own credentials return where they have some. */
  removeClouds(input: AccountRange): Promise<{ removed: number; released: number }>;
  /** Writes that the planned removals are held. */
  recordHeldRemovals(input: { syncId: string; count: number }): Promise<void>;
  /** The earlier syncs of the organization whose removals wait for an answer: what a newer complete listing supersedes. */
  findHeldRemovals(input: { syncId: string }): Promise<{ syncIds: string[] }>;
  /**
   * Ends a hold that waits, and answers how it ended: one that has ended already keeps its end, and a yes to what was
   * planned under another scope is none (`superseded`, as when the sync is gone). `by` tells who answered.
   */
  endHeldRemovals(input: HeldRemovalsEnding): Promise<{ state: EndedHeldRemovals }>;
  /** Stage 2 of badging for a range: the resource tags as read, and badges of them. */
  badgeSlice(input: AccountRange): Promise<BadgingCounts>;

  /** Fills a recheck's rows with the organization's clouds that are not ok; suspended ones are none of them. */
  prepareRecheck(input: { syncId: string }): Promise<{ lastNumber: number }>;
  /** Writes the outcomes of a recheck to its clouds. */
  recordOutcomes(input: AccountRange): Promise<void>;
  /** Fills a badging run's rows with the organization's clouds. */
  prepareBadging(input: { syncId: string }): Promise<{ lastNumber: number }>;
  /**
   * Takes the accounts, units, tags and policies of the organization's newest complete sync over into a preview's own
   * snapshot. Null when there is none (any more).
   */
  reuseSnapshot(input: { syncId: string }): Promise<{ lastNumber: number } | null>;
  /** Makes the plan of a preview readable, or tells why there is none. */
  finishPreview(input: SyncEnding): Promise<void>;

  /** Writes a row for scheduled work, or joins one that waits, and wakes the keeper (signal-with-start). */
  requestScheduledWork(input: { organizationId: string; kind: ScheduledKind }): Promise<{ syncId: string | null }>;
  /** Erases a credential set that nothing refers to. */
  eraseCredentials(input: { credentialSetId: string }): Promise<void>;
}

export type OrganizationActivities = OrganizationAwsActivities & OrganizationRegistryActivities;
