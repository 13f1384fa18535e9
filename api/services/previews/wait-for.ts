import { setTimeout as delay } from 'node:timers/promises';
import type { Call } from '../../context.ts';
import type { Preview } from '../../schemas/preview.ts';
import { findPreview } from './find.ts';
import { getPreview } from './get.ts';

/** How long a call waits for its preview (api.md), in milliseconds. */
const patienceMs = 20_000;
/** Looked at so often even if the database's notice of the change does not come. */
const lookEveryMs = 1_000;

/** Waits until a preview is ready, or has failed; answers it as it runs where it is not in time. */
export async function waitForPreview(call: Call, id: string): Promise<Preview> {
  const { db } = call.deps.database;
  const giveUp = AbortSignal.any([AbortSignal.timeout(patienceMs), call.deps.stopping]);
  let wake = new AbortController();
  const unsubscribe = call.deps.hub.subscribe(`preview:${id}`, () => wake.abort());
  try {
    while ((await findPreview(db, id)).state === 'running' && !giveUp.aborted) {
      // What changed since it was read woke this controller, so nothing is missed.
      await delay(lookEveryMs, undefined, { signal: AbortSignal.any([wake.signal, giveUp]) }).catch(() => {});
      wake = new AbortController();
    }
  } finally {
    unsubscribe();
  }
  return await getPreview(call, id);
}
