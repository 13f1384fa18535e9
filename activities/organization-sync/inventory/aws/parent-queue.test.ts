import { describe, expect, it } from 'vitest';
import { inActivity } from '../../../../test/support/sandbox-aws.ts';
import { Stop } from '../../../side-by-side.ts';
import { ParentQueue } from './parent-queue.ts';

/** The order in which a queue's parents are asked, one at a time, over this tree. */
async function orderOf(tree: Record<string, string[]>, places: string[][], { named = [] as string[], asked = [] as string[] } = {}) {
  return await inActivity(async () => {
    const queue = new ParentQueue(new Stop(), { named, asked, sources: 1 });
    queue.add('r');
    queue.addPlaces(places);
    queue.close();
    const order: string[] = [];
    await queue.drain(1, async (id) => {
      order.push(id);
      return tree[id] ?? [];
    });
    return order;
  });
}

const tree = { r: ['a', 'b'], a: ['c'], b: ['d'], d: ['e'] };

describe('O9: which parents are asked for their units, and when', () => {
  it('every root and unit, once', async () => {
    expect((await orderOf(tree, [])).sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'r']);
    expect((await orderOf(tree, [['r', 'a', 'c'], ['r', 'b', 'd', 'e'], ['r']])).sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'r']);
  });

  it('first those that give the name of a unit above an account', async () => {
    expect((await orderOf(tree, [['r', 'b', 'd', 'e']])).slice(0, 3)).toEqual(['r', 'b', 'd']);
  });

  it('a name that an earlier sync has seen can wait', async () => {
    const places = [
      ['r', 'a', 'c'],
      ['r', 'b', 'd'],
    ];
    expect((await orderOf(tree, places, { named: ['a', 'b', 'c'] }))[0]).toBe('b');
  });

  it('what an earlier attempt has asked is not asked again', async () => {
    expect((await orderOf(tree, [['r', 'b', 'd']], { asked: ['r', 'b'] })).sort()).toEqual(['d', 'e']);
  });

  it('leaves are found beside, by a call of their own; what has units below it is listed all the same, and each is asked once by each', async () => {
    await inActivity(async () => {
      const queue = new ParentQueue(new Stop(), { named: ['a'], asked: [], sources: 1 });
      const [listed, asked] = [[] as string[], [] as string[]];
      const isParent = (id: string) => (tree[id as keyof typeof tree] ?? []).length > 0;
      queue.addRoot('r');
      queue.addPlaces([
        ['r', 'a'],
        ['r', 'b', 'd', 'e'],
      ]);
      queue.close();
      await Promise.all([
        queue.drain(1, async (id) => {
          listed.push(id);
          await new Promise((resolve) => setTimeout(resolve, 20));
          return tree[id as keyof typeof tree] ?? [];
        }),
        queue.drainLeaves(1, async (id) => {
          asked.push(id);
          return isParent(id) ? 'parent' : 'leaf';
        }),
      ]);
      // Of what a place shows to have units below it, nobody asks whether it has.
      expect(asked.filter((id) => ['r', 'b', 'd'].includes(id))).toEqual([]);
      expect(asked).toEqual(expect.arrayContaining(['a', 'e']));
      expect([...listed, ...asked.filter((id) => !isParent(id))].toSorted()).toEqual(['a', 'b', 'c', 'd', 'e', 'r']);
    });
  });

  it('who may not ask for leaves leaves them to the listing', async () => {
    await inActivity(async () => {
      const queue = new ParentQueue(new Stop(), { named: [], asked: [], sources: 1 });
      const listed: string[] = [];
      queue.add('a');
      queue.add('b');
      queue.close();
      const leaves = queue.drainLeaves(1, async () => 'unknown');
      await leaves;
      await queue.drain(1, async (id) => {
        listed.push(id);
        return [];
      });
      expect(listed.toSorted()).toEqual(['a', 'b']);
    });
  });

  it('a root is never asked whether it has units below it, also when an account names it before ListRoots does', async () => {
    const queue = new ParentQueue(new Stop(), { named: [], asked: [], sources: 2 });
    const [listed, asked] = [[] as string[], [] as string[]];
    queue.addPlaces([['r']]);
    const draining = Promise.all([
      queue.drainLeaves(1, async (id) => {
        asked.push(id);
        return 'leaf';
      }),
      queue.drain(1, async (id) => {
        listed.push(id);
        return tree[id as keyof typeof tree] ?? [];
      }),
    ]);
    await expect.poll(() => listed).toContain('r');
    queue.close();
    queue.addRoot('r');
    queue.close();
    await draining;
    expect(asked).not.toContain('r');
    expect(listed.filter((id) => id === 'r')).toEqual(['r']);
  });
});
