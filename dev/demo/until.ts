import { setTimeout as delay } from 'node:timers/promises';

const lookEveryMs = 200;
const timeoutMs = 120_000;

/** Polls until the answer is not null, undefined or false, and returns it. Throws after two minutes; `what` names it in the error. */
export async function until<T>(what: string, look: () => Promise<T | null | undefined | false>): Promise<T> {
  const giveUpAt = performance.now() + timeoutMs;
  for (;;) {
    const answer = await look();
    if (answer) return answer;
    if (performance.now() > giveUpAt) throw new Error(`Timeout: waited ${timeoutMs / 1_000} s for ${what}`);
    await delay(lookEveryMs);
  }
}
