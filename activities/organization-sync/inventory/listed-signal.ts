import { setTimeout as sleep } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { accountsListed } from '../../../workflows/contracts/organization-sync.ts';

/** Minimum milliseconds between two signals, except for the first and the last: short at first, because each costs Temporal work. */
const early = { forMs: 3_000, intervalMs: 200 };
const intervalMs = 1_000;

/** The parts that tests replace. */
interface Means {
  send(upTo: number): Promise<void>;
  /** Milliseconds of a monotonic clock. */
  now(): number;
  /** Resolves after this time, or at once when the signal aborts. */
  pause(milliseconds: number, signal: AbortSignal): Promise<void>;
}

const usual: Means = {
  send: signalRun,
  now: () => performance.now(),
  pause: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }).catch(() => {}),
};

/**
 * Signals to the calling run how many accounts are in the snapshot, so that their checks can begin: at once for the
 * first page and at the end, every 200 ms in the first 3 s, otherwise once a second. A signal that fails delays nothing: the
 * next one, or the activity's result, carries the number.
 */
export class ListedSignal {
  private readonly means: Means;
  private readonly begunAt: number;
  private wanted = 0;
  private sent = 0;
  private running: Promise<void> | null = null;
  private readonly ending = new AbortController();

  constructor(means: Means = usual) {
    this.means = means;
    this.begunAt = means.now();
  }

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
    const { send, now, pause } = this.means;
    while (this.sent < this.wanted) {
      const upTo = this.wanted;
      await send(upTo);
      this.sent = upTo;
      await pause(now() - this.begunAt < early.forMs ? early.intervalMs : intervalMs, this.ending.signal);
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
