import { condition, isCancellation, log, sleep } from '@temporalio/workflow';
import { bulk, checking } from '../lib/activity-options.ts';
import { organizationRemovedCode } from '../contracts/failures.ts';
import { readActivityProblem } from '../lib/activity-problem.ts';
import type { SyncTimings, CheckCounts } from '../contracts/organization-sync.ts';
import { together } from '../lib/together.ts';
import type { NumberRange } from '../lib/ranges.ts';
import type { ProgressTracker } from '../lib/progress-tracker.ts';

/** Batches of open checks per query: enough for the window, and a small payload. */
const maxBatchesPerQuery = 200;

/** The checks that a pass left open. */
export interface OpenChecks {
  open: number;
  /** The pause that AWS requires before a retry, in milliseconds. */
  retryAfterMs: number;
}

/**
 * Checks the accounts of a sync in batches, several at a time: first the listed accounts, while the listing continues, and
 * then in rounds the accounts without an answer. A failed batch stays open, like an account that AWS throttled: the
 * failure of some accounts never ends a sync (O9).
 */
export class Checks {
  private readonly progress: ProgressTracker;
  private readonly timings: SyncTimings;
  private readonly finished = new Map<number, number>();
  /** The highest account number whose check has started. */
  private startedUpTo = 0;
  private closed = false;
  private remaining: OpenChecks = { open: 0, retryAfterMs: 0 };
  /** The highest account number in the snapshot. */
  listedUpTo = 0;
  /** All accounts up to this number have been checked once. */
  checkedUpTo = 0;
  /** True after the first pass. */
  done = false;

  constructor(progress: ProgressTracker, timings: SyncTimings) {
    this.progress = progress;
    this.timings = timings;
  }

  /** Records that the accounts up to this number are listed. Ignores a lower number, from a late or duplicate signal. */
  listed(upTo: number): void {
    if (upTo <= this.listedUpTo) return;
    this.progress.count({ listed: upTo - this.listedUpTo });
    this.listedUpTo = upTo;
  }

  /** Records that all accounts are listed. */
  close(lastNumber: number): void {
    this.listed(lastNumber);
    this.progress.listed = true;
    this.closed = true;
  }

  /** Checks listed accounts while the listing continues. Ends after the listing, when all accounts have been checked once. */
  async firstPass(): Promise<OpenChecks> {
    await this.inWindow(
      () => this.nextListed(),
      (batch) => this.finish(batch),
    );
    this.done = true;
    return this.remaining;
  }

  /** Retries all open checks once. */
  async pass(): Promise<OpenChecks> {
    this.remaining = { open: 0, retryAfterMs: 0 };
    const { syncId } = this.progress;
    for (let after = 0, more = true; more;) {
      const divided = await bulk.divideUnchecked({ syncId, after, size: this.timings.batchSize, most: maxBatchesPerQuery });
      const last = divided.batches.at(-1);
      more = divided.more && last !== undefined;
      after = last?.to ?? after;
      const waiting = [...divided.batches];
      await this.inWindow(async () => waiting.shift() ?? null);
    }
    return this.remaining;
  }

  /** Pauses before a round: twice as long each time, and never shorter than AWS requires. */
  async pause(round: number, retryAfterMs: number): Promise<void> {
    await sleep(Math.max(this.timings.roundPause * 2 ** (round - 1), retryAfterMs));
  }

  /** Checks batch after batch in parallel lanes. The window limits the number of lanes. */
  private async inWindow(next: () => Promise<NumberRange | null>, then: (batch: NumberRange) => void = () => {}): Promise<void> {
    const lane = async () => {
      for (let batch = await next(); batch; batch = await next()) {
        await this.check(batch);
        then(batch);
      }
    };
    await together(Array.from({ length: this.timings.window }, () => lane));
  }

  private async nextListed(): Promise<NumberRange | null> {
    for (;;) {
      await condition(() => this.hasBatch() || this.isExhausted());
      if (this.hasBatch()) {
        const from = this.startedUpTo + 1;
        this.startedUpTo = Math.min(this.startedUpTo + this.timings.batchSize, this.listedUpTo);
        return { from, to: this.startedUpTo };
      }
      if (this.isExhausted()) return null;
    }
  }

  /** True if a batch is full, or if a partial batch need not wait: all accounts are listed, or no check is in flight. */
  private hasBatch(): boolean {
    const waiting = this.listedUpTo - this.startedUpTo;
    return waiting >= this.timings.batchSize || (waiting > 0 && (this.closed || this.progress.inFlight === 0));
  }

  private isExhausted(): boolean {
    return this.closed && this.startedUpTo >= this.listedUpTo;
  }

  private async check(batch: NumberRange): Promise<void> {
    this.progress.inFlight += 1;
    try {
      this.add(await checking.checkAccounts({ syncId: this.progress.syncId, ...batch }));
    } catch (error) {
      if (isCancellation(error)) throw error;
      const problem = readActivityProblem(error);
      if (problem.code === organizationRemovedCode) throw error;
      log.warn('a batch of checks failed and is left to a later round', { ...batch, problem: problem.message });
      this.remaining.open += batch.to - batch.from + 1;
    } finally {
      this.progress.inFlight -= 1;
    }
  }

  /** Batches end in any order. Early slices may only use the numbers without a gap, so this moves `checkedUpTo` up to the first gap. */
  private finish(batch: NumberRange): void {
    this.finished.set(batch.from, batch.to);
    for (let to = this.finished.get(this.checkedUpTo + 1); to !== undefined; to = this.finished.get(this.checkedUpTo + 1)) {
      this.finished.delete(this.checkedUpTo + 1);
      this.checkedUpTo = to;
    }
  }

  private add({ ok, warning, accessDenied, deferred, retryAfterMs }: CheckCounts): void {
    this.progress.count({ ok, warning, accessDenied, checked: ok + warning + accessDenied });
    this.remaining.open += deferred;
    this.remaining.retryAfterMs = Math.max(this.remaining.retryAfterMs, retryAfterMs);
  }
}
