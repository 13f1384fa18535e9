import { setMaxListeners } from 'node:events';
import { cancellationSignal, Context } from '@temporalio/activity';
import { Stop } from '../../side-by-side.ts';

/** Stops the works of one activity: at the first failure among them, or when the activity is cancelled. */
export class ActivityStop extends Stop {
  constructor() {
    super(cancellationSignal());
    // Every lane that waits listens to it.
    setMaxListeners(0, this.signal);
  }

  /** Throws CancelledFailure when the activity was cancelled, whatever else failed; else the first failure. */
  override async throwIfStopped(): Promise<void> {
    // Rejects with the CancelledFailure that Temporal wants to see.
    if (cancellationSignal().aborted) await Context.current().cancelled;
    await super.throwIfStopped();
  }
}
