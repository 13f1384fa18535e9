import { anySignal } from '../config/signals.ts';

/** Stops works that run side by side at the first failure. */
export class Stop {
  private readonly failing = new AbortController();
  /** Aborted by the first failure and by the signals given at construction. */
  readonly signal: AbortSignal;

  constructor(...others: AbortSignal[]) {
    this.signal = others.length === 0 ? this.failing.signal : anySignal(...others, this.failing.signal);
  }

  get hasFailed(): boolean {
    return this.failing.signal.aborted;
  }

  /** Later failures are ignored. */
  fail(error: unknown): void {
    this.failing.abort(error);
  }

  /** Throws the first failure. */
  async throwIfStopped(): Promise<void> {
    if (this.hasFailed) throw this.failing.signal.reason;
  }

  /** Awaits a promise that rejects early when the works are stopped; then throws the reason of the stop. */
  async unlessStopped<T>(wait: Promise<T>): Promise<T> {
    try {
      return await wait;
    } catch (error) {
      await this.throwIfStopped();
      throw error;
    }
  }
}

/**
 * Runs works side by side. The first failure stops the others through `stop`, and is thrown once all have ended:
 * nothing keeps running.
 */
export async function together(works: readonly (() => Promise<unknown>)[], stop = new Stop()): Promise<void> {
  await Promise.all(
    works.map(async (work) => {
      try {
        await work();
      } catch (error) {
        stop.fail(error);
      }
    }),
  );
  if (stop.hasFailed) await stop.throwIfStopped();
}

/**
 * Works on items, at most `max` at a time. After a failure it starts no further item. It throws the first failure once
 * all started items have ended.
 */
export async function forEachAtMost<Item>(
  items: Iterable<Item> | AsyncIterable<Item>,
  max: number,
  work: (item: Item) => Promise<unknown>,
  stop = new Stop(),
): Promise<void> {
  const iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  const lane = async () => {
    while (!stop.hasFailed) {
      const next = await iterator.next();
      if (next.done) return;
      await work(next.value);
    }
  };
  const lanes = Array.from({ length: max }, () => lane);
  await together(lanes, stop);
}

/** Waits for two works, so that neither goes on after a failure. Throws the failure of the first, else of the second. */
export async function both<One, Other>(one: Promise<One>, other: Promise<Other>): Promise<[One, Other]> {
  await Promise.allSettled([one, other]);
  return [await one, await other];
}
