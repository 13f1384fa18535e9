import { log, setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { isFinalSyncPhase, noCounts, type SyncCounts, type SyncPhase } from '../../domain/organizations/sync.ts';
import { registry } from './activity-options.ts';
import type { SyncProgress } from '../contracts/organization-sync.ts';
import { searchAttributes } from '../contracts/search-attributes.ts';

/**
 * How a piece of work stands: the one object that its query answers from. The counts are this run's; those of the row are
 * counted by the activities with what they write, and hold even where an answer was lost on its way here.
 */
export class ProgressTracker {
  readonly syncId: string;
  readonly counts: SyncCounts = { ...noCounts };
  phase: SyncPhase;
  listed = false;
  inFlight = 0;
  round = 0;
  private waitingFor = 'Starting';

  /** `phase` is what the row says when the work begins. */
  constructor(syncId: string, phase: SyncPhase) {
    this.syncId = syncId;
    this.phase = phase;
  }

  /** Changes the phase, everywhere that it shows. The row of a final phase is written by finishSync. */
  async enter(phase: SyncPhase, waitingFor: string): Promise<void> {
    this.phase = phase;
    upsertSearchAttributes([{ key: searchAttributes.phase, value: phase }]);
    this.show(waitingFor);
    log.info('phase', { phase });
    if (!isFinalSyncPhase(phase)) await registry.enterSyncPhase({ syncId: this.syncId, phase });
  }

  /** Goes on where the run before stood. */
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
