import { setTimeout as delay } from 'node:timers/promises';
import type { Call } from '../../context.ts';
import type { Answer } from '../../idempotency/once.ts';
import { resourcePath } from '../../schemas/resource.ts';
import { findPreview, getPreview } from './get.ts';

/** How long a call waits for its preview (api.md), in milliseconds. */
const patienceMs = 20_000;
/** Looked at so often even if the database's notice of the change does not come. */
const lookEveryMs = 1_000;

/** Answers with the preview: 200 if it is ready, or has failed, in time; else 202, and the caller asks for it again. */
export async function answerPreview(call: Call, id: string): Promise<Answer> {
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
  const preview = await getPreview(db, id);
  return { status: preview.state === 'running' ? 202 : 200, headers: { Location: resourcePath({ type: 'preview', id }) }, body: preview };
}
