import { condition, isCancellation, log, sleep } from '@temporalio/workflow';
import { bulk, checking } from '../lib/activity-options.ts';
import { organizationRemovedCode } from '../contracts/failures.ts';
import { readActivityProblem } from '../lib/activity-problem.ts';
import type { SyncTimings, CheckCounts } from '../contracts/organization-sync.ts';
import { together } from '../lib/together.ts';
import type { NumberRange } from '../lib/ranges.ts';
import type { ProgressTracker } from '../lib/progress-tracker.ts';

/** How many batches of open checks are asked for at a time: enough for a window, and a small payload. */
const maxBatchesPerQuery = 200;

/** What a pass over the checks left open. */
export interface OpenChecks {
  open: number;
  /** What AWS asks to wait before they are asked again, in milliseconds. */
  retryAfterMs: number;
}

/**
 * Checks the accounts of a sync in batches, so many at a time: first those that are listed, as they come (step 2 of the
 * sync), then in rounds those that had no answer. A batch that fails is open, like an account that AWS throttled: what
 * concerns some accounts never ends a sync (O9).
 */
export class Checks {
  private readonly progress: ProgressTracker;
  private readonly timings: SyncTimings;
  private readonly finished = new Map<number, number>();
  /** The highest account number whose check has begun. */
  private startedUpTo = 0;
  private closed = false;
  private remaining: OpenChecks = { open: 0, retryAfterMs: 0 };
  /** The accounts with these numbers are in the snapshot. */
  listedUpTo = 0;
  /** The accounts up to this number were all asked for. */
  checkedUpTo = 0;
  /** The first pass is over. */
  done = false;

  constructor(progress: ProgressTracker, timings: SyncTimings) {
    this.progress = progress;
    this.timings = timings;
  }

  /** More accounts are listed. Only ever rises, whatever comes twice or late. */
  listed(upTo: number): void {
    if (upTo <= this.listedUpTo) return;
    this.progress.count({ listed: upTo - this.listedUpTo });
    this.listedUpTo = upTo;
  }

  /** All are listed. */
  close(lastNumber: number): void {
    this.listed(lastNumber);
    this.progress.listed = true;
    this.closed = true;
  }

  /** Checks what is listed, while the listing goes on; ends when it is closed and everything was asked for. */
  async firstPass(): Promise<OpenChecks> {
    await this.inWindow(
      () => this.nextListed(),
      (batch) => this.finish(batch),
    );
    this.done = true;
    return this.remaining;
  }

  /** Asks once more for every check that is open. */
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

  /** The pause before a round: doubled each time, and never shorter than AWS asks. */
  async pause(round: number, retryAfterMs: number): Promise<void> {
    await sleep(Math.max(this.timings.roundPause * 2 ** (round - 1), retryAfterMs));
  }

  /** So many lanes take batch after batch: the window bounds what is in flight. */
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

  /** Half a batch waits for its other half, unless nothing else is being done. */
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

  /** Batches end in any order; what may be applied early is the numbers without a gap. */
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
