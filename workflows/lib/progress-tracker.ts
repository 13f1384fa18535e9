import { log, setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { isFinalSyncPhase, noCounts, type SyncCounts, type SyncPhase } from '../../domain/organizations/sync.ts';
import { registry } from './activity-options.ts';
import type { SyncProgress } from '../contracts/organization-sync.ts';
import { searchAttributes } from '../contracts/search-attributes.ts';

/**
 * The progress of a piece of work, for its query and its current details. The counts are approximate: they miss an answer
 * that was lost. The counts in the row are exact, because activities write them together with their changes.
 */
export class ProgressTracker {
  readonly syncId: string;
  readonly counts: SyncCounts = { ...noCounts };
  phase: SyncPhase;
  listed = false;
  inFlight = 0;
  round = 0;
  private waitingFor = 'Starting';

  /** `phase` is the phase of the row at the start. */
  constructor(syncId: string, phase: SyncPhase) {
    this.syncId = syncId;
    this.phase = phase;
  }

  /** Changes the phase in the search attribute, the current details and the row. finishSync writes the row of a final phase. */
  async enter(phase: SyncPhase, waitingFor: string): Promise<void> {
    this.phase = phase;
    upsertSearchAttributes([{ key: searchAttributes.phase, value: phase }]);
    this.show(waitingFor);
    log.info('phase', { phase });
    if (!isFinalSyncPhase(phase)) await registry.enterSyncPhase({ syncId: this.syncId, phase });
  }

  /** Takes over the progress of the previous run. */
  resume({ counts, round }: { counts: SyncCounts; round: number }): void {
    Object.assign(this.counts, counts);
    this.round = round;
    this.listed = true;
  }

  show(waitingFor: string): void {
    this.waitingFor = waitingFor;
    this.display();
  }

  count(more: Partial<SyncCounts>): void {
    for (const [name, number] of Object.entries(more)) this.counts[name as keyof SyncCounts] += number;
    this.display();
  }

  describe(): SyncProgress {
    const { syncId, phase, counts, listed, inFlight, round, waitingFor } = this;
    return { syncId, phase, counts: { ...counts }, listed, inFlight, round, waitingFor };
  }

  private display(): void {
    const { listed, checked, added, takenOver } = this.counts;
    setCurrentDetails(
      `**${this.phase}**: ${this.waitingFor}\n\n${listed} accounts listed, ${checked} checked, ${added} added, ${takenOver} taken over`,
    );
  }
}
