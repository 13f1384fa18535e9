import { condition, workflowInfo } from '@temporalio/workflow';
import { registry } from '../lib/activity-options.ts';
import { supersededBy, type RunSuperseded } from '../lib/activity-problem.ts';
import type { DelegationRequestChange, RequestRun, TimelineEntry } from '../contracts/delegation-onboarding.ts';

/** A timeline entry without its time, which the journal adds. */
export type Note = Omit<TimelineEntry, 'at'>;

/**
 * Writes a request's row and timeline in order, while the process goes on. Changes that arrive during a write are
 * collected for the next one.
 */
export class Journal {
  private readonly runOfRequest: RequestRun;
  private readonly onSuperseded: (error: RunSuperseded) => void;
  private change: DelegationRequestChange = {};
  private entries: TimelineEntry[] = [];
  private writing = false;
  private closing = false;
  private superseded: RunSuperseded | null = null;

  /** `onSuperseded` is called if the run no longer owns its request. The journal writes nothing then. */
  constructor(run: RequestRun, onSuperseded: (error: RunSuperseded) => void) {
    this.runOfRequest = run;
    this.onSuperseded = onSuperseded;
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
      try {
        await registry.recordProgress({ ...this.runOfRequest, historyLength: workflowInfo().historyLength, ...written });
      } catch (error) {
        this.superseded = supersededBy(error);
        return this.onSuperseded(this.superseded);
      }
      this.writing = false;
    }
  }

  /** Resolves once all notes are in the database. Throws RunSuperseded if the run no longer owns its request. */
  async written(): Promise<void> {
    await condition(() => this.superseded !== null || (this.isEmpty() && !this.writing));
    if (this.superseded) throw this.superseded;
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
