/** Divides items among so many lanes at most; each lane takes the next item when it is done with one, and ends with the first failure. */
export function divide<Item>(items: readonly Item[], atOnce: number, work: (item: Item) => Promise<unknown>): (() => Promise<void>)[] {
  const waiting = items.values();
  const lane = async () => {
    for (const item of waiting) await work(item);
  };
  return Array.from({ length: Math.min(atOnce, items.length) }, () => lane);
}

/**
 * Works on all items, at most so many at a time. After a failure nothing new is begun; what was begun is waited for, and
 * the first failure is thrown.
 */
export async function sideBySide<Item>(items: readonly Item[], atOnce: number, work: (item: Item) => Promise<void>): Promise<void> {
  let failed = false;
  const lanes = divide(items, atOnce, async (item) => {
    if (failed) return;
    try {
      await work(item);
    } catch (error) {
      failed = true;
      throw error;
    }
  });
  const ends = await Promise.allSettled(lanes.map((lane) => lane()));
  const failure = ends.find((end) => end.status === 'rejected');
  if (failure) throw failure.reason;
}
