import { setTimeout as delay } from 'node:timers/promises';

/** Asks again until there is an answer; fails with what was waited for. */
export async function waitFor<T>(what: string, ask: () => Promise<T | null | undefined | false>, limitMs = 90_000): Promise<T> {
  const giveUpAt = Date.now() + limitMs;
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== null && answer !== undefined && answer !== false) return answer;
    } catch (error) {
      last = error;
    }
    if (Date.now() > giveUpAt) throw new Error(`Gave up waiting for ${what}`, { cause: last });
    await delay(100);
  }
}
