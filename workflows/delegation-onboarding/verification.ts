import { proof } from '../lib/activity-options.ts';
import { readActivityProblem } from '../lib/activity-problem.ts';
import { untilAwsAnswers } from '../lib/patience.ts';
import type { Deployment } from './deployment.ts';
import * as endings from './endings.ts';
import type { Onboarding } from './onboarding.ts';

/** Proves that each role accepts Muster with its external id and not without it (D12), and that its permissions suffice. */
export async function verify({ run, timings, journal, status }: Onboarding, deployment: Deployment): Promise<void> {
  status.enter('verifying', 'Proving that the role can be assumed with its external id, and not without it');
  const checks = proof(timings.roleProof);
  try {
    await untilAwsAnswers(() => checks.proveRole(run));
    const { refused } = await untilAwsAnswers(() => checks.proveRefusal(run));
    if (!refused) throw endings.externalIdNotEnforced(deployment.roles);
  } catch (error) {
    throw endings.roleProofFailed(deployment.roles, readActivityProblem(error));
  }
  journal.note({ key: 'verified', type: 'verified', message: deployment.rolesProven });
  await deployment.proveAccess();
}
