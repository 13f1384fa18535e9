import { EventEmitter, once } from 'node:events';
import type { OrganizationCaller } from './call.ts';

/**
 * The roots and units whose children are to be listed, each once. First come those that give the name of a unit above
 * some account, if no earlier sync has seen that name: nothing can be shown of that account without it.
 */
export class ParentQueue {
  private readonly caller: OrganizationCaller;
  private readonly named: Set<string>;
  private readonly urgent = new Set<string>();
  private readonly later = new Set<string>();
  private readonly taken: Set<string>;
  private readonly changes = new EventEmitter();
  private sources: number;

  /** `asked`: parents whose children are known; `sources`: how many will call `close`. */
  constructor(
    caller: OrganizationCaller,
    { named, asked, sources }: { named: Iterable<string>; asked: Iterable<string>; sources: number },
  ) {
    this.caller = caller;
    this.named = new Set(named);
    this.taken = new Set(asked);
    this.sources = sources;
  }

  /** Takes note of a root or unit, and of the children that it turned out to have. */
  add(id: string): void {
    this.put(id, false);
    this.changes.emit('change');
  }

  /** Takes note of places in which accounts hang: ids from the root down. */
  addPlaces(places: readonly (readonly string[])[]): void {
    for (const place of places) {
      for (const [depth, id] of place.entries()) {
        const child = place[depth + 1];
        this.put(id, child !== undefined && !this.named.has(child));
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
    let busy = 0;
    const lane = async () => {
      for (;;) {
        const parentId = this.take();
        if (parentId !== undefined) {
          busy += 1;
          const children = await listChildren(parentId);
          busy -= 1;
          for (const child of children) this.add(child);
          this.changes.emit('change');
        } else if (this.sources === 0 && busy === 0) {
          return;
        } else {
          await this.caller.unlessStopped(once(this.changes, 'change', { signal: this.caller.signal }));
        }
      }
    };
    await this.caller.together(...Array.from({ length: lanes }, () => lane));
  }

  private put(id: string, isUrgent: boolean): void {
    if (this.taken.has(id)) return;
    if (isUrgent) {
      this.urgent.add(id);
      this.later.delete(id);
    } else if (!this.urgent.has(id)) {
      this.later.add(id);
    }
  }

  private take(): string | undefined {
    const [next] = this.urgent.size > 0 ? this.urgent : this.later;
    if (next === undefined) return undefined;
    this.urgent.delete(next);
    this.later.delete(next);
    this.taken.add(next);
    return next;
  }
}
