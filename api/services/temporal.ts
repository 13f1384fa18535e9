import type { Call } from '../context.ts';
import { temporalUnavailable, unavailable } from '../problems/errors.ts';
import type { ServiceError } from '../problems/service-error.ts';

/** Throws temporal_unavailable if Temporal does not answer. Called before writes that only a workflow can complete. */
export async function requireTemporal(call: Call): Promise<void> {
  try {
    await call.deps.workflows.ping();
  } catch (error) {
    throw temporalUnavailable('Temporal does not answer, so nothing was started. Retry in a few seconds.', error);
  }
}

/** The error for work that no worker took in time: no_worker if Temporal answers, temporal_unavailable if not. */
export async function nobodyAnswered(call: Call, detail: string): Promise<ServiceError> {
  try {
    await call.deps.workflows.ping();
  } catch (error) {
    return temporalUnavailable(detail, error);
  }
  return unavailable('no_worker', detail);
}
