import type { Call } from '../context.ts';
import { temporalUnavailable } from '../problems/errors.ts';

/** Throws 503 when Temporal does not answer, before anything is written that only Temporal can carry on. */
export async function requireTemporal(call: Call): Promise<void> {
  try {
    await call.deps.workflows.ping();
  } catch (error) {
    throw temporalUnavailable('Temporal does not answer, so nothing was started. Retry in a few seconds.', error);
  }
}
