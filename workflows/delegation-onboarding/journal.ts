import { condition } from '@temporalio/workflow';
import { registry } from '../lib/activity-options.ts';
import type { DelegationRequestChange, TimelineEntry } from '../contracts/delegation-onboarding.ts';

/** A timeline entry without its time, which the journal adds. */
export type Note = Omit<TimelineEntry, 'at'>;

/**
 * Writes a request's row and timeline in order, while the process goes on. Changes that arrive during a write are
 * collected for the next one.
 */
export class Journal {
  private readonly requestId: string;
  private change: DelegationRequestChange = {};
  private entries: TimelineEntry[] = [];
  private writing = false;
  private closing = false;

  constructor(requestId: string) {
    this.requestId = requestId;
  }

  note(note: Note | null, change: DelegationRequestChange = {}): void {
    if (note) this.entries.push({ ...note, at: new Date().toISOString() });
    this.change = { ...this.change, ...change };
  }

  /** Writes until `close` is called, and then the remaining changes. */
  async run(): Promise<void> {
    for (;;) {
      await condition(() => !this.isEmpty() || this.closing);
      if (this.isEmpty()) return;
      const written = this.take();
      this.writing = true;
      await registry.recordProgress({ requestId: this.requestId, ...written });
      this.writing = false;
    }
  }

  /** Resolves once all notes are in the database. */
  async written(): Promise<void> {
    await condition(() => this.isEmpty() && !this.writing);
  }

  close(): void {
    this.closing = true;
  }

  /** Returns the changes that are not written yet, for a write by the caller. */
  take(): { change: DelegationRequestChange; timeline: TimelineEntry[] } {
    const taken = { change: this.change, timeline: this.entries };
    this.change = {};
    this.entries = [];
    return taken;
  }

  private isEmpty(): boolean {
    return this.entries.length === 0 && Object.keys(this.change).length === 0;
  }
}
