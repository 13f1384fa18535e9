import { describe, expect, it } from 'vitest';
import { inActivity } from '../../../../test/support/sandbox-aws.ts';
import { Stop } from '../../../side-by-side.ts';
import { ParentQueue } from './parent-queue.ts';

/** The order in which a queue lists the parents of this tree, one at a time. */
async function orderOf(tree: Record<string, string[]>, places: string[][], { named = [] as string[], listedBefore = [] as string[] } = {}) {
  return await inActivity(async () => {
    const queue = new ParentQueue(new Stop(), { named, listed: listedBefore, sources: 1 });
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

describe('O9: the parents whose units are listed, and their order', () => {
  it('are every root and unit, once', async () => {
    expect((await orderOf(tree, [])).sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'r']);
    expect((await orderOf(tree, [['r', 'a', 'c'], ['r', 'b', 'd', 'e'], ['r']])).sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'r']);
  });

  it('begin with parents that give the name of a unit above an account', async () => {
    expect((await orderOf(tree, [['r', 'b', 'd', 'e']])).slice(0, 3)).toEqual(['r', 'b', 'd']);
  });

  it('come later if an earlier sync has seen the name', async () => {
    const places = [
      ['r', 'a', 'c'],
      ['r', 'b', 'd'],
    ];
    expect((await orderOf(tree, places, { named: ['a', 'b', 'c'] }))[0]).toBe('b');
  });

  it('are not listed again after an earlier attempt', async () => {
    expect((await orderOf(tree, [['r', 'b', 'd']], { listedBefore: ['r', 'b'] })).sort()).toEqual(['d', 'e']);
  });

  it('leaves are found beside, with a call of its own; a parent is listed all the same, once by each call', async () => {
    await inActivity(async () => {
      const queue = new ParentQueue(new Stop(), { named: ['a'], listed: [], sources: 1 });
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
      // If a place shows units under a parent, ListChildren is not called for it.
      expect(asked.filter((id) => ['r', 'b', 'd'].includes(id))).toEqual([]);
      expect(asked).toEqual(expect.arrayContaining(['a', 'e']));
      expect([...listed, ...asked.filter((id) => !isParent(id))].toSorted()).toEqual(['a', 'b', 'c', 'd', 'e', 'r']);
    });
  });

  it('without the right to check for leaves, all parents are listed', async () => {
    await inActivity(async () => {
      const queue = new ParentQueue(new Stop(), { named: [], listed: [], sources: 1 });
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

  it('a root is never checked for leaves, even if an account names it before ListRoots does', async () => {
    const queue = new ParentQueue(new Stop(), { named: [], listed: [], sources: 2 });
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
