import { describe, expect, it } from 'vitest';
import { sideBySide } from './side-by-side.ts';

const items = [1, 2, 3, 4, 5, 6, 7];
/** Lets everything that is ready go on. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('working side by side', () => {
  it.each([1, 3, 50])('does every item once, at most %i at a time', async (atOnce) => {
    const done: number[] = [];
    let [running, most] = [0, 0];
    await sideBySide(items, atOnce, async (item) => {
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
    await expect(sideBySide([], 3, () => Promise.reject(new Error('called')))).resolves.toBeUndefined();
  });

  it('O9: after a failure nothing new is begun, what was begun ends, and the first failure is told', async () => {
    const [begun, ended]: number[][] = [[], []];
    const work = sideBySide(items, 3, async (item) => {
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
