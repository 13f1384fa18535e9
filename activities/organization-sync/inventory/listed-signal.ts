import { setTimeout as sleep } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { accountsListed } from '../../../workflows/contracts/organization-sync.ts';

/** At least so long between two signals but the first and the last, in milliseconds. */
const interval = 1_000;

/**
 * Tells the run that called the activity how many accounts are in the snapshot, so that their checks may begin: at once
 * for the first page and at the end, else once a second. A signal that cannot be delivered holds nothing up: the next
 * one, or the activity's result, tells more.
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

  /** Sends what is not sent yet, now. */
  async finish(): Promise<void> {
    this.ending.abort();
    await this.running;
  }

  private async deliver(): Promise<void> {
    while (this.sent < this.wanted) {
      const upTo = this.wanted;
      await signalRun(upTo);
      this.sent = upTo;
      await sleep(interval, undefined, { signal: this.ending.signal }).catch(() => {});
    }
  }
}

async function signalRun(upTo: number): Promise<void> {
  try {
    const { client, info } = Context.current();
    await client.workflow.getHandle(info.workflowExecution!.workflowId).signal(accountsListed, { upTo });
  } catch {
    // The run has ended, which its heartbeat will tell, or Temporal is away.
  }
}
