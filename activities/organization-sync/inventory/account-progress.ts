import { EventEmitter, once } from 'node:events';
import type { Stop } from '../../side-by-side.ts';

/** How far the accounts are listed, for those who work on them meanwhile. */
export class AccountProgress {
  private readonly stop: Stop;
  private readonly changes = new EventEmitter();
  /** The highest account number in the snapshot. */
  upTo: number;
  complete: boolean;

  constructor(stop: Stop, { upTo, complete }: { upTo: number; complete: boolean }) {
    this.stop = stop;
    this.upTo = upTo;
    this.complete = complete;
  }

  advance(upTo: number): void {
    this.upTo = Math.max(this.upTo, upTo);
    this.changes.emit('change');
  }

  finish(): void {
    this.complete = true;
    this.changes.emit('change');
  }

  /** Waits until there is more than was seen, or the end. */
  async beyond(upTo: number): Promise<void> {
    while (!this.complete && this.upTo <= upTo) {
      await this.stop.unlessStopped(once(this.changes, 'change', { signal: this.stop.signal }));
    }
  }

  /** Waits for the end. */
  async completion(): Promise<void> {
    while (!this.complete) await this.beyond(this.upTo);
  }
}
