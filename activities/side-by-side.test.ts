import { describe, expect, it } from 'vitest';
import { forEachAtMost, Stop, together } from './side-by-side.ts';

const items = [1, 2, 3, 4, 5, 6, 7];
/** Lets everything that is ready go on. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('working side by side', () => {
  it.each([1, 3, 50])('does every item once, at most %i at a time', async (atOnce) => {
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

  it('has nothing to do with nothing', async () => {
    await expect(forEachAtMost([], 3, () => Promise.reject(new Error('called')))).resolves.toBeUndefined();
  });

  it('O9: after a failure nothing new is begun, what was begun ends, and the first failure is told', async () => {
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
  it('O9: the first failure stops the others, and is thrown once they have ended', async () => {
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

  it('a work that ends behind the failure of another group does not look complete', async () => {
    const stop = new Stop();
    stop.fail(new Error('of another group'));
    const done: number[] = [];
    await expect(forEachAtMost(items, 2, async (item) => done.push(item), stop)).rejects.toThrow('of another group');
    expect(done).toEqual([]);
  });

  it('items that turn up one by one are worked on as they come, and the end of them is the end', async () => {
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
