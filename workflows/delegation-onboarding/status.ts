import { log, setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { isFinalPhase, type DelegationPhase } from '../../domain/delegation/states.ts';
import { searchAttributes } from '../contracts/search-attributes.ts';
import type { Journal } from './journal.ts';

/** The phase of a request and what its run waits for. Both show in the row, the search attribute and the current details. */
export class Status {
  phase: DelegationPhase = 'requested';
  waitingFor = 'Starting';
  /** When the wait times out, epoch milliseconds. */
  until: number | null = null;
  private readonly journal: Journal;

  constructor(journal: Journal) {
    this.journal = journal;
  }

  /** Changes the phase everywhere. The workflow writes the row of a final phase together with the request's end. */
  enter(phase: DelegationPhase, waitingFor: string): void {
    this.phase = phase;
    upsertSearchAttributes([{ key: searchAttributes.phase, value: phase }]);
    if (!isFinalPhase(phase)) this.journal.note(null, { phase, expiresAt: null });
    this.show(waitingFor);
    log.info('phase', { phase });
  }

  show(waitingFor: string, until: number | null = null): void {
    this.waitingFor = waitingFor;
    this.until = until;
    const end = until === null ? '' : ` until ${new Date(until).toISOString()}`;
    setCurrentDetails(`**${this.phase}**: ${waitingFor}${end}`);
  }
}
