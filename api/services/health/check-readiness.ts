import { answers } from '../../../config/answers.ts';
import type { ApiDependencies } from '../../context.ts';
import { ServiceError } from '../../problems/service-error.ts';

/** Throws not_ready if Postgres or Temporal does not answer, or if the process is about to stop (S6). */
export async function checkReadiness(deps: ApiDependencies): Promise<void> {
  const [postgres, temporal] = await Promise.all([answers(deps.database.ping()), answers(deps.workflows.ping())]);
  if (postgres && temporal && !deps.draining.aborted) return;
  const word = (isOk: boolean): string => (isOk ? 'ok' : 'unavailable');
  throw new ServiceError({
    code: 'not_ready',
    detail: deps.draining.aborted ? 'The process is about to stop.' : 'Postgres or Temporal does not answer. "checks" shows which.',
    retryAfterSeconds: 5,
    extra: { checks: { postgres: word(postgres), temporal: word(temporal) } },
  });
}
