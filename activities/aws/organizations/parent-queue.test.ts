import { describe, expect, it } from 'vitest';
import { inActivity } from '../../../test/support/sandbox-aws.ts';
import { OrganizationCaller } from './call.ts';
import { ParentQueue } from './parent-queue.ts';
import { RateBudget } from './rate-budget.ts';

/** The order in which a queue's parents are asked, one at a time, over this tree. */
async function orderOf(tree: Record<string, string[]>, places: string[][], { named = [] as string[], asked = [] as string[] } = {}) {
  return await inActivity(async () => {
    const queue = new ParentQueue(new OrganizationCaller(new RateBudget(1)), { named, asked, sources: 1 });
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
});
