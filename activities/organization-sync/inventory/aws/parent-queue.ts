import { EventEmitter, once } from 'node:events';
import { forEachAtMost, type Stop } from '../../../side-by-side.ts';

/** Whether a parent has units below it; `unknown` when AWS does not let us ask. */
export type LeafAnswer = 'leaf' | 'parent' | 'unknown';

/**
 * The roots and units whose children are to be listed, each once. First come those that give the name of a unit above
 * some account, if no earlier sync has seen that name: nothing can be shown of that account without it. Then those that
 * are known to have units below them, then those of which nothing is known: most of these are leaves.
 */
export class ParentQueue {
  private readonly stop: Stop;
  private readonly named: Set<string>;
  private readonly urgent = new Set<string>();
  private readonly parents = new Set<string>();
  private readonly unknown = new Set<string>();
  /** All that wait, in the order in which they are listed. */
  private readonly queues = [this.urgent, this.parents, this.unknown];
  private readonly taken: Set<string>;
  private readonly changes = new EventEmitter();
  private sources: number;
  private busy = 0;

  /** `asked`: parents whose children are known; `sources`: how many will call `close`. */
  constructor(stop: Stop, { named, asked, sources }: { named: Iterable<string>; asked: Iterable<string>; sources: number }) {
    this.stop = stop;
    this.named = new Set(named);
    this.taken = new Set(asked);
    this.sources = sources;
  }

  /** Takes note of a root, which has units below it or is soon asked. */
  addRoot(id: string): void {
    this.put(id, this.parents);
    this.changes.emit('change');
  }

  /** Takes note of a unit. */
  add(id: string): void {
    this.put(id, this.unknown);
    this.changes.emit('change');
  }

  /** Takes note of places in which accounts hang: ids from the root down. */
  addPlaces(places: readonly (readonly string[])[]): void {
    for (const place of places) {
      for (const [depth, id] of place.entries()) {
        const child = place[depth + 1];
        // A place begins with a root, whichever tells of it first: ListRoots or an account that hangs from it.
        if (child === undefined) this.put(id, depth === 0 ? this.parents : this.unknown);
        else this.put(id, this.named.has(child) ? this.parents : this.urgent);
      }
    }
    this.changes.emit('change');
  }

  /** A source has told all. */
  close(): void {
    this.sources -= 1;
    this.changes.emit('change');
  }

  /** Lists the children of all parents, several at a time, and of those that turn up meanwhile. */
  async drain(lanes: number, listChildren: (parentId: string) => Promise<readonly string[]>): Promise<void> {
    const list = async (parentId: string) => {
      for (const child of await listChildren(parentId)) this.add(child);
      this.settle();
    };
    await forEachAtMost(this.takeFrom(this.queues), lanes, list, this.stop);
  }

  /**
   * Beside `drain`, by a call with a rate of its own: settles which of the parents of which nothing is known are leaves.
   * The others go back, to be listed. Once AWS does not let us ask, nothing more is asked.
   */
  async drainLeaves(lanes: number, ask: (parentId: string) => Promise<LeafAnswer>): Promise<void> {
    let mayAsk = true;
    const settleOne = async (parentId: string) => {
      const answer = await ask(parentId);
      if (answer === 'unknown') mayAsk = false;
      if (answer !== 'leaf') {
        this.taken.delete(parentId);
        this.put(parentId, this.parents);
      }
      this.settle();
    };
    const waiting = this.takeFrom([this.unknown], () => mayAsk);
    await forEachAtMost(waiting, lanes, settleOne, this.stop);
  }

  /** Gives what waits in `queues`, and what turns up there, until all is done or `goesOn` says no. Each is to be settled. */
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

  /** Into this queue, unless it waits in one that comes before it. */
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
