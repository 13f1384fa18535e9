import { describe, expect, it } from 'vitest';
import { forEachAtMost, Stop, together } from './side-by-side.ts';

const items = [1, 2, 3, 4, 5, 6, 7];
/** Runs everything that is ready. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('working side by side', () => {
  it.each([1, 3, 50])('handles every item once, at most %i at a time', async (atOnce) => {
    const done: number[] = [];
    let [running, most] = [0, 0];
    await forEachAtMost(items, atOnce, async (item) => {
      running += 1;
      most = Math.max(most, running);
      await turn();
      running -= 1;
      done.push(item);
    });
    expect(done.toSorted((a, b) => a - b)).toEqual(items);
    expect(most).toBe(Math.min(atOnce, items.length));
  });

  it('does nothing without items', async () => {
    await expect(forEachAtMost([], 3, () => Promise.reject(new Error('called')))).resolves.toBeUndefined();
  });

  it('O9: starts nothing after a failure, waits for what was started, and throws the first failure', async () => {
    const [begun, ended]: number[][] = [[], []];
    const work = forEachAtMost(items, 3, async (item) => {
      begun!.push(item);
      await turn();
      if (item === 2) throw new Error('first');
      await turn();
      if (item === 3) throw new Error('second');
      ended!.push(item);
    });
    await expect(work).rejects.toThrow('first');
    expect([begun, ended]).toEqual([[1, 2, 3], [1]]);
  });
});

describe('works that run together', () => {
  it('O9: are stopped by the first failure, which is thrown once all have ended', async () => {
    const stop = new Stop();
    const ended: string[] = [];
    const works = [
      async () => {
        await turn();
        throw new Error('first');
      },
      async () => {
        await stop.unlessStopped(
          new Promise((_resolve, reject) => stop.signal.addEventListener('abort', () => reject(new Error('aborted')))),
        );
      },
      async () => {
        while (!stop.signal.aborted) await turn();
        await turn();
        ended.push('third');
      },
    ];
    await expect(together(works, stop)).rejects.toThrow('first');
    expect(ended).toEqual(['third']);
  });

  it('fail after the failure of another group, so that they do not look complete', async () => {
    const stop = new Stop();
    stop.fail(new Error('of another group'));
    const done: number[] = [];
    await expect(forEachAtMost(items, 2, async (item) => done.push(item), stop)).rejects.toThrow('of another group');
    expect(done).toEqual([]);
  });

  it('take items as they come, until there are no more', async () => {
    async function* slowly() {
      for (const item of items) {
        await turn();
        yield item;
      }
    }
    const done: number[] = [];
    await forEachAtMost(slowly(), 3, async (item) => {
      await turn();
      done.push(item);
    });
    expect(done.toSorted((a, b) => a - b)).toEqual(items);
  });
});
