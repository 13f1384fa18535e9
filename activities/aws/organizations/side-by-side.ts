import type { OrganizationCaller } from './call.ts';

/** Works on all items, at most so many at a time; the first failure stops the rest. */
export async function sideBySide<Item>(
  caller: OrganizationCaller,
  lanes: number,
  items: readonly Item[],
  work: (item: Item) => Promise<unknown>,
): Promise<void> {
  const waiting = items.values();
  const lane = async () => {
    for (const item of waiting) await work(item);
  };
  await caller.together(...Array.from({ length: Math.min(lanes, items.length) }, () => lane));
}
