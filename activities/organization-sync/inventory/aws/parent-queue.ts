import { EventEmitter, once } from 'node:events';
import { forEachAtMost, type Stop } from '../../../side-by-side.ts';

/** Whether a parent has units under it; `unknown` if AWS denies the call. */
export type LeafAnswer = 'leaf' | 'parent' | 'unknown';

/**
 * The roots and units whose children must be listed, each once. First come parents that give the name of a unit above
 * an account, unless an earlier sync has seen the name: without it the account cannot be shown. Next come parents known
 * to have units, and last the unknown ones, most of which are leaves.
 */
export class ParentQueue {
  private readonly stop: Stop;
  private readonly named: Set<string>;
  private readonly urgent = new Set<string>();
  private readonly parents = new Set<string>();
  private readonly unknown = new Set<string>();
  /** All waiting parents, in the order in which they are listed. */
  private readonly queues = [this.urgent, this.parents, this.unknown];
  private readonly taken: Set<string>;
  private readonly changes = new EventEmitter();
  private sources: number;
  private busy = 0;

  /** `listed`: parents whose children are known. `sources`: how many times `close` will be called. */
  constructor(stop: Stop, { named, listed, sources }: { named: Iterable<string>; listed: Iterable<string>; sources: number }) {
    this.stop = stop;
    this.named = new Set(named);
    this.taken = new Set(listed);
    this.sources = sources;
  }

  /** Adds a root. It has units under it in nearly every organization. */
  addRoot(id: string): void {
    this.put(id, this.parents);
    this.changes.emit('change');
  }

  /** Adds a unit. */
  add(id: string): void {
    this.put(id, this.unknown);
    this.changes.emit('change');
  }

  /** Adds the parents in places of accounts: ids from the root down. */
  addPlaces(places: readonly (readonly string[])[]): void {
    for (const place of places) {
      for (const [depth, id] of place.entries()) {
        const child = place[depth + 1];
        // A place begins with a root, even if ListRoots has not answered yet.
        if (child === undefined) this.put(id, depth === 0 ? this.parents : this.unknown);
        else this.put(id, this.named.has(child) ? this.parents : this.urgent);
      }
    }
    this.changes.emit('change');
  }

  /** A source will add nothing more. */
  close(): void {
    this.sources -= 1;
    this.changes.emit('change');
  }

  /** Lists the children of all parents, several at a time, including parents added while it runs. */
  async drain(lanes: number, listChildren: (parentId: string) => Promise<readonly string[]>): Promise<void> {
    const list = async (parentId: string) => {
      for (const child of await listChildren(parentId)) this.add(child);
      this.settle();
    };
    await forEachAtMost(this.takeFrom(this.queues), lanes, list, this.stop);
  }

  /**
   * Runs beside `drain` with a call that has a rate of its own. It finds out which unknown parents are leaves and
   * returns the others to the queue. It ends once AWS denies the call.
   */
  async drainLeaves(lanes: number, check: (parentId: string) => Promise<LeafAnswer>): Promise<void> {
    let isAllowed = true;
    const settleOne = async (parentId: string) => {
      const answer = await check(parentId);
      if (answer === 'unknown') isAllowed = false;
      if (answer !== 'leaf') {
        this.taken.delete(parentId);
        this.put(parentId, this.parents);
      }
      this.settle();
    };
    const waiting = this.takeFrom([this.unknown], () => isAllowed);
    await forEachAtMost(waiting, lanes, settleOne, this.stop);
  }

  /** Yields waiting parents, including parents added later, until all is done or `goesOn` returns false. Call `settle` for each. */
  private async *takeFrom(queues: readonly Set<string>[], goesOn: () => boolean = () => true): AsyncGenerator<string, void> {
    while (goesOn()) {
      const parentId = this.take(queues);
      if (parentId !== undefined) {
        this.busy += 1;
        yield parentId;
      } else if (this.isDone()) {
        return;
      } else {
        await this.stop.unlessStopped(once(this.changes, 'change', { signal: this.stop.signal }));
      }
    }
  }

  private settle(): void {
    this.busy -= 1;
    this.changes.emit('change');
  }

  private isDone(): boolean {
    return this.sources === 0 && this.busy === 0 && this.queues.every(({ size }) => size === 0);
  }

  /** Moves a parent to this queue, unless it waits in an earlier one. */
  private put(id: string, queue: Set<string>): void {
    if (this.taken.has(id)) return;
    const now = this.queues.find((one) => one.has(id));
    if (now && this.queues.indexOf(now) <= this.queues.indexOf(queue)) return;
    now?.delete(id);
    queue.add(id);
  }

  private take(queues: readonly Set<string>[]): string | undefined {
    const queue = queues.find(({ size }) => size > 0);
    const [next] = queue ?? [];
    if (queue === undefined || next === undefined) return undefined;
    queue.delete(next);
    this.taken.add(next);
    return next;
  }
}
