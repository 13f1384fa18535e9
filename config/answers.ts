import { setTimeout as delay } from 'node:timers/promises';

/** How long a check of readiness may take, in milliseconds. */
const patience = 3_000;

/** Whether something answers without a fault, and soon. Never rejects. */
export async function answers(check: PromiseLike<unknown>): Promise<boolean> {
  const settled = Promise.resolve(check).then(
    () => true,
    () => false,
  );
  return await Promise.race([settled, delay(patience, false, { ref: false })]);
}
