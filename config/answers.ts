import { setTimeout as delay } from 'node:timers/promises';

/** Timeout of a readiness check, in milliseconds. */
const timeoutMs = 3_000;

/** True if the check succeeds before the timeout. Never rejects. */
export async function answers(check: PromiseLike<unknown>): Promise<boolean> {
  const settled = Promise.resolve(check).then(
    () => true,
    () => false,
  );
  return await Promise.race([settled, delay(timeoutMs, false, { ref: false })]);
}
