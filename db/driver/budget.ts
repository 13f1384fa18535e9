import { AsyncLocalStorage } from 'node:async_hooks';
import { CallAbandonedError, DatabaseTimeoutError } from './faults.ts';

/** The database time of one call, over all its statements. */
interface Budget {
  leftMs: number;
  /** True if one statement may take all the time that is left. */
  isExtended: boolean;
  /** Aborted when the caller left. The running statement is then cancelled. */
  signal: AbortSignal | null;
  /** Counts towards the share of connections that one owner may hold. Null before the owner is known. */
  owner: string | null;
}

const budgets = new AsyncLocalStorage<Budget | null>();

/** Runs the work of one call. All its statements together take at most `totalMs`. */
export function withDatabaseBudget<Result>(totalMs: number, signal: AbortSignal | null, work: () => Result): Result {
  return budgets.run({ leftMs: totalMs, isExtended: false, signal, owner: null }, work);
}

/** Runs work that outlasts its call, such as an event stream. Each statement keeps its own limits. */
export function withoutDatabaseBudget<Result>(work: () => Result): Result {
  return budgets.run(null, work);
}

/** Gives the current call this much database time from now on, for a statement that may take all of it. */
export function extendDatabaseBudget(totalMs: number): void {
  const budget = budgets.getStore();
  if (budget) Object.assign(budget, { leftMs: totalMs, isExtended: true });
}

/** Names the owner of the current call, once the call is authenticated. */
export function setBudgetOwner(owner: string): void {
  const budget = budgets.getStore();
  if (budget) budget.owner = owner;
}

/** The owner of the current call. Null without one. */
export function budgetOwner(): string | null {
  return budgets.getStore()?.owner ?? null;
}

/**
 * Waits for an answer of the database, at most for `limitMs` and for the rest of the call's budget. Rejects early if the
 * caller leaves. `onGivenUp` then frees the connection. `minMs` is given also to a call that has used up its budget.
 */
export async function boundedByBudget<Answer>(
  wait: () => Promise<Answer>,
  options: { limitMs: number; minMs?: number; onGivenUp: (reason: Error) => void },
): Promise<Answer> {
  const budget = budgets.getStore() ?? null;
  const limitMs = budget?.isExtended ? budget.leftMs : Math.min(options.limitMs, budget?.leftMs ?? options.limitMs);
  const allowedMs = Math.max(limitMs, options.minMs ?? 0);
  const signal = options.minMs === undefined ? (budget?.signal ?? null) : null;
  const began = performance.now();
  let stopWaiting = (): void => {};
  try {
    return await new Promise<Answer>((resolve, reject) => {
      const giveUp = (reason: Error): void => {
        reject(reason);
        options.onGivenUp(reason);
      };
      const tooLate = (): void => giveUp(new DatabaseTimeoutError(`the database did not answer within ${Math.round(allowedMs)} ms`));
      const abandoned = (): void => giveUp(new CallAbandonedError('the caller left before the answer'));
      if (allowedMs <= 0) return tooLate();
      if (signal?.aborted) return abandoned();
      const timer = setTimeout(tooLate, allowedMs);
      signal?.addEventListener('abort', abandoned);
      stopWaiting = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abandoned);
      };
      wait().then(resolve, reject);
    });
  } finally {
    stopWaiting();
    if (budget) budget.leftMs -= performance.now() - began;
  }
}
