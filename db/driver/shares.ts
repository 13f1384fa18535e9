/** Lets each owner hold at most `max` places at a time. More wait in order, so that one owner cannot take all places. */
export class Shares {
  private readonly held = new Map<string, number>();
  private readonly waiting = new Map<string, (() => void)[]>();
  private readonly max: number;

  constructor(max: number) {
    this.max = max;
  }

  /** Takes a place, and returns the function that returns it. Waits while the owner holds `max` places. */
  async take(owner: string, onWaiting: (leave: () => void) => void = () => {}): Promise<() => void> {
    const held = this.held.get(owner) ?? 0;
    if (held < this.max) {
      this.held.set(owner, held + 1);
    } else {
      await new Promise<void>((resolve) => {
        const queue = this.waiting.get(owner) ?? [];
        this.waiting.set(owner, queue);
        queue.push(resolve);
        onWaiting(() => void (queue.includes(resolve) && queue.splice(queue.indexOf(resolve), 1)));
      });
    }
    let isReturned = false;
    return () => {
      if (isReturned) return;
      isReturned = true;
      this.giveBack(owner);
    };
  }

  private giveBack(owner: string): void {
    const next = this.waiting.get(owner)?.shift();
    // The place goes to the next in line.
    if (next) return next();
    this.waiting.delete(owner);
    const held = this.held.get(owner)! - 1;
    if (held === 0) this.held.delete(owner);
    else this.held.set(owner, held);
  }
}
