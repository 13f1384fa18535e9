import { answers } from '../../../config/answers.ts';
import type { ApiDependencies } from '../../context.ts';
import { ServiceError } from '../../problems/service-error.ts';

/** The last answers, by API. Many probes and callers then cost one check a second. */
const checked = new WeakMap<ApiDependencies, { until: number; answers: Promise<[boolean, boolean]> }>();

function checkOnce(deps: ApiDependencies): Promise<[boolean, boolean]> {
  const known = checked.get(deps);
  if (known && performance.now() < known.until) return known.answers;
  const found = Promise.all([answers(deps.database.ping()), answers(deps.workflows.ping())]);
  checked.set(deps, { until: performance.now() + deps.intervals.readinessMs, answers: found });
  return found;
}

/** Throws not_ready if Postgres or Temporal does not answer, or if the process is about to stop (S6). */
export async function checkReadiness(deps: ApiDependencies): Promise<void> {
  const [postgres, temporal] = await checkOnce(deps);
  if (postgres && temporal && !deps.draining.aborted) return;
  const word = (isOk: boolean): string => (isOk ? 'ok' : 'unavailable');
  throw new ServiceError({
    code: 'not_ready',
    detail: deps.draining.aborted ? 'The process is about to stop.' : 'Postgres or Temporal does not answer. "checks" shows which.',
    retryAfterSeconds: 5,
    extra: { checks: { postgres: word(postgres), temporal: word(temporal) } },
  });
}
