import type { Call } from '../context.ts';
import { temporalUnavailable } from '../problems/errors.ts';

/** Throws temporal_unavailable if Temporal does not answer. Called before writes that only a workflow can complete. */
export async function requireTemporal(call: Call): Promise<void> {
  try {
    await call.deps.workflows.ping();
  } catch (error) {
    throw temporalUnavailable('Temporal does not answer, so nothing was started. Retry in a few seconds.', error);
  }
}
