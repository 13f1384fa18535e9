import { AsyncLocalStorage } from 'node:async_hooks';
import { createMiddleware } from 'hono/factory';
import type { ApiEnv } from './context.ts';

const arrivals = new AsyncLocalStorage<number>();

/** Runs the work of a call that arrives now. All waits of the work together end in time (S9). */
export function asArrivedCall<Result>(work: () => Result): Result {
  return arrivals.run(performance.now(), work);
}

/** Notes when a call arrived. */
export const noteArrival = createMiddleware<ApiEnv>(async (_c, next) => await asArrivedCall(next));

/** The rest of a time that began when the current call arrived, in milliseconds; never negative. The whole time outside a call. */
export function leftSinceArrival(totalMs: number): number {
  const arrivedAt = arrivals.getStore();
  return arrivedAt === undefined ? totalMs : Math.max(0, totalMs - (performance.now() - arrivedAt));
}
