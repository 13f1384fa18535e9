import { setTimeout as delay } from 'node:timers/promises';

const lookEveryMs = 200;
const patienceMs = 120_000;

/** The first answer that is not null, undefined or false. Throws, naming what was waited for, after two minutes. */
export async function until<T>(what: string, look: () => Promise<T | null | undefined | false>): Promise<T> {
  const giveUpAt = performance.now() + patienceMs;
  for (;;) {
    const answer = await look();
    if (answer) return answer;
    if (performance.now() > giveUpAt) throw new Error(`Waited for ${what} for ${patienceMs / 1_000} s, in vain`);
    await delay(lookEveryMs);
  }
}
