import { setTimeout as sleep } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { accountsListed } from '../../../workflows/contracts/organization-sync.ts';

/** Minimum milliseconds between two signals, except for the first and the last. */
const intervalMs = 1_000;

/**
 * Signals to the calling run how many accounts are in the snapshot, so that their checks can begin: at once for the
 * first page and at the end, otherwise once a second. A signal that fails delays nothing: the next one, or the
 * activity's result, carries the number.
 */
export class ListedSignal {
  private wanted = 0;
  private sent = 0;
  private running: Promise<void> | null = null;
  private readonly ending = new AbortController();

  announce(upTo: number): void {
    this.wanted = Math.max(this.wanted, upTo);
    this.running ??= this.deliver().finally(() => {
      this.running = null;
    });
  }

  /** Sends the last number now. */
  async finish(): Promise<void> {
    this.ending.abort();
    await this.running;
  }

  private async deliver(): Promise<void> {
    while (this.sent < this.wanted) {
      const upTo = this.wanted;
      await signalRun(upTo);
      this.sent = upTo;
      await sleep(intervalMs, undefined, { signal: this.ending.signal }).catch(() => {});
    }
  }
}

async function signalRun(upTo: number): Promise<void> {
  try {
    const { client, info } = Context.current();
    await client.workflow.getHandle(info.workflowExecution!.workflowId).signal(accountsListed, { upTo });
  } catch {
    // Either the run has ended, and the next heartbeat reports that, or Temporal is down.
  }
}
