import { CancellationScope, setCurrentDetails, setHandler } from '@temporalio/workflow';
import { cloudRoleProofQuery, type CloudRoleProofInput, type CloudRoleProofResult, type RoleProof } from './contracts/cloud-role-proof.ts';
import { credentialCheckTimeoutMs } from './contracts/credential-check.ts';
import { registry, validation } from './lib/activity-options.ts';
import { readActivityProblem } from './lib/activity-problem.ts';
import { isUnanswered } from './lib/unanswered.ts';

/**
 * Proves the role of one cloud: it accepts Muster with its external id, and refuses without (C4, D12). The run erases
 * credentials that are not accepted before it reports its result, also if it is cancelled or fails.
 */
export async function cloudRoleProof({ credentialSetId, acceptUnenforced }: CloudRoleProofInput): Promise<CloudRoleProofResult> {
  const state = { waitingFor: '' };
  setHandler(cloudRoleProofQuery, () => state);
  const waitFor = (what: string) => {
    state.waitingFor = what;
    setCurrentDetails(what);
  };
  let verdict: CloudRoleProofResult['verdict'] = 'unavailable';
  try {
    waitFor('Assuming the role with its external id and without');
    const proof = await prove(credentialSetId);
    if (proof) verdict = isAccepted(proof, acceptUnenforced) ? 'accepted' : 'refused';
    return { verdict, proof };
  } finally {
    if (verdict !== 'accepted') {
      waitFor('Erasing the credentials');
      await CancellationScope.nonCancellable(() => registry.eraseCredentials({ credentialSetId }));
    }
    waitFor('');
  }
}

/** Null if transient faults did not end in time. */
async function prove(credentialSetId: string): Promise<RoleProof | null> {
  try {
    return await validation(credentialCheckTimeoutMs).proveCloudRole({ credentialSetId });
  } catch (error) {
    if (isUnanswered(readActivityProblem(error).type)) return null;
    throw error;
  }
}

function isAccepted({ checks }: RoleProof, acceptUnenforced: boolean): boolean {
  return checks.every(({ name, passed }) => passed || (acceptUnenforced && name === 'refuses_without_external_id'));
}
