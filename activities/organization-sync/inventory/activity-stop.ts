import { setMaxListeners } from 'node:events';
import { cancellationSignal, Context } from '@temporalio/activity';
import { Stop } from '../../side-by-side.ts';

/** Stops the works of one activity at the first failure or when the activity is cancelled. */
export class ActivityStop extends Stop {
  constructor() {
    super(cancellationSignal());
    // Every waiting lane listens to the signal.
    setMaxListeners(0, this.signal);
  }

  /** Throws CancelledFailure if the activity was cancelled, even after a failure; otherwise the first failure. */
  override async throwIfStopped(): Promise<void> {
    // Rejects with the CancelledFailure that Temporal expects.
    if (cancellationSignal().aborted) await Context.current().cancelled;
    await super.throwIfStopped();
  }
}
