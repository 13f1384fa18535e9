import type { RoleProof, RoleProofItem } from '../../../workflows/contracts/cloud-role-proof.ts';
import type { Call } from '../../context.ts';
import { ServiceError } from '../../problems/service-error.ts';
import type { RoleToProve } from '../../temporal/gateway.ts';
import { checkInterrupted } from '../organizations/credentials.ts';
import { nobodyAnswered } from '../temporal.ts';

/**
 * Has a worker prove the role of sealed credentials both ways, and waits for the answer (C4, D12). Throws role_checks_failed
 * with both checks, and aws_unavailable, no_worker, temporal_unavailable or check_interrupted without an answer.
 */
export async function proveRole(call: Call, set: RoleToProve): Promise<RoleProof> {
  const outcome = await call.deps.workflows.proveRole(set);
  switch (outcome.kind) {
    case 'unanswered':
      throw await nobodyAnswered(
        call,
        'No worker started the check of the role, so nothing was changed. Check that a worker is running (npm run worker), then retry.',
      );
    case 'interrupted':
      throw checkInterrupted();
    case 'checked':
      if (outcome.verdict === 'unavailable' || !outcome.proof) throw awsUnavailable();
      if (outcome.verdict === 'refused') throw checksFailed(outcome.proof.checks);
      return outcome.proof;
  }
}

function awsUnavailable(): ServiceError {
  return new ServiceError({
    code: 'aws_unavailable',
    detail: 'AWS gave no usable answer about the role within 20 s, so nothing was changed. Retry later.',
    retryAfterSeconds: 10,
  });
}

function checksFailed(checks: RoleProofItem[]): ServiceError {
  const failed = checks.filter(({ passed }) => !passed).map(({ name, message }) => `${name}: ${message}`);
  return new ServiceError({
    code: 'role_checks_failed',
    detail: `The role did not pass its checks, so nothing was changed. ${failed.join(' ')}`,
    extra: { checks },
  });
}
