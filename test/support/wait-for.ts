import { setTimeout as delay } from 'node:timers/promises';

/** Pauses grow with the wait: a long one costs the servers few requests, a short one is noticed at once. */
const pause = { shortestMs: 50, longestMs: 250, share: 0.1 };

/** Calls `ask` until it returns a value; a call that throws is repeated. Fails with `what` after `limitMs`. */
export async function waitFor<T>(what: string, ask: () => Promise<T | null | undefined | false>, limitMs = 200_000): Promise<T> {
  const startedAt = Date.now();
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== null && answer !== undefined && answer !== false) return answer;
    } catch (error) {
      last = error;
    }
    const waitedMs = Date.now() - startedAt;
    if (waitedMs > limitMs) throw new Error(`Gave up waiting for ${what}`, { cause: last });
    await delay(Math.min(pause.longestMs, Math.max(pause.shortestMs, waitedMs * pause.share)));
  }
}
