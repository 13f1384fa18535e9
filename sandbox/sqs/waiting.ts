/** Long polling: who waits on which queue. Lives beside the world's state, because a waiting call cannot be written to disk. */
import type { World } from '../core/world.ts';

const waiters = new WeakMap<World, Map<string, Set<() => void>>>();

/** Waits until the queue is woken, `ms` have passed or the signal aborts, whichever comes first. */
export function waitForMessage(world: World, queueArn: string, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const byQueue = waiters.get(world) ?? new Map<string, Set<() => void>>();
    waiters.set(world, byQueue);
    const set = byQueue.get(queueArn) ?? new Set();
    byQueue.set(queueArn, set);
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      set.delete(done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    set.add(done);
    signal?.addEventListener('abort', done, { once: true });
  });
}

/** Wakes every call that waits on the queue; each looks again and may keep waiting. */
export function wakeQueue(world: World, queueArn: string): void {
  for (const done of [...(waiters.get(world)?.get(queueArn) ?? [])]) done();
}

const stopped = new WeakSet<World>();

/** Whether the server is closing, so that no call keeps waiting. */
export function isStopped(world: World): boolean {
  return stopped.has(world);
}

/** Allows waiting; the returned function ends all waiting calls at once. */
export function startWaiting(world: World): () => void {
  stopped.delete(world);
  return () => {
    stopped.add(world);
    for (const queueArn of waiters.get(world)?.keys() ?? []) wakeQueue(world, queueArn);
  };
}
