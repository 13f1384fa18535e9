import { setTimeout as delay } from 'node:timers/promises';
import { anySignal, startDeadline } from '../../../config/signals.ts';
import { leftSinceArrival } from '../../arrival.ts';
import type { Call } from '../../context.ts';
import type { Preview } from '../../schemas/preview.ts';
import { findPreview } from './find.ts';
import { getPreview } from './get.ts';

/**
 * Waits until a preview is ready or has failed. Returns the preview while it still runs when the timeout has passed since the
 * call arrived.
 */
export async function waitForPreview(call: Call, id: string): Promise<Preview> {
  const { database, hub, stopping, intervals } = call.deps;
  const { db } = database;
  const tooLate = startDeadline(leftSinceArrival(intervals.previewTimeoutMs));
  const giveUp = anySignal(tooLate.signal, stopping);
  let wake = new AbortController();
  const unsubscribe = hub.subscribe(`preview:${id}`, () => wake.abort());
  try {
    while ((await findPreview(db, id)).state === 'running' && !giveUp.aborted) {
      // A change after the read has already aborted `wake`, so no change is missed.
      await delay(intervals.previewPollMs, undefined, { signal: anySignal(wake.signal, giveUp) }).catch(() => {});
      wake = new AbortController();
    }
  } finally {
    unsubscribe();
    tooLate.clear();
  }
  return await getPreview(call, id);
}
