import { setTimeout as delay } from 'node:timers/promises';
import type { Call } from '../../context.ts';
import type { Preview } from '../../schemas/preview.ts';
import { findPreview } from './find.ts';
import { getPreview } from './get.ts';

/** Waits until a preview is ready or has failed. After the timeout, returns the preview while it still runs. */
export async function waitForPreview(call: Call, id: string): Promise<Preview> {
  const { database, hub, stopping, intervals } = call.deps;
  const { db } = database;
  const giveUp = AbortSignal.any([AbortSignal.timeout(intervals.previewTimeoutMs), stopping]);
  let wake = new AbortController();
  const unsubscribe = hub.subscribe(`preview:${id}`, () => wake.abort());
  try {
    while ((await findPreview(db, id)).state === 'running' && !giveUp.aborted) {
      // A change after the read has already aborted `wake`, so no change is missed.
      await delay(intervals.previewPollMs, undefined, { signal: AbortSignal.any([wake.signal, giveUp]) }).catch(() => {});
      wake = new AbortController();
    }
  } finally {
    unsubscribe();
  }
  return await getPreview(call, id);
}
