import { EventEmitter, once } from 'node:events';
import type { Stop } from '../../side-by-side.ts';

/** The progress of the accounts' listing, for work on accounts that runs beside it. */
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

  /** Waits until the listing is past `upTo` or complete. */
  async beyond(upTo: number): Promise<void> {
    while (!this.complete && this.upTo <= upTo) {
      await this.stop.unlessStopped(once(this.changes, 'change', { signal: this.stop.signal }));
    }
  }

  /** Waits until the listing is complete. */
  async completion(): Promise<void> {
    while (!this.complete) await this.beyond(this.upTo);
  }
}
