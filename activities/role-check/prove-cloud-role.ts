import { ApplicationFailure } from '@temporalio/common';
import { saveProofs } from '../../db/external-id-proofs.ts';
import type { RoleCredentials } from '../../db/sealing/secrets.ts';
import type { ExternalIdProof } from '../../domain/clouds/external-id-proof.ts';
import type { RoleProof, RoleProofItem } from '../../workflows/contracts/cloud-role-proof.ts';
import { failureTypes } from '../../workflows/contracts/failures.ts';
import { awsFailure } from '../aws/errors.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { failure } from '../failures.ts';
import { openRoleCredentials } from '../open-credentials.ts';
import { checkRole, type RoleVerdict } from './check-role.ts';

/**
 * Proves a role both ways before a cloud uses it (C4, D12), and finds the permissions that it lacks. Fails if AWS did not
 * answer one of the questions: only AccessDenied is a refusal.
 */
export async function proveCloudRole(
  dependencies: ActivityDependencies,
  { credentialSetId }: { credentialSetId: string },
): Promise<RoleProof> {
  const { db, aws } = dependencies;
  const credentials = await openRoleCredentials(dependencies, credentialSetId);
  const { roleArn } = credentials;
  const kept: ExternalIdProof[] = [];
  const checkedAt = new Date().toISOString();
  let verdict: RoleVerdict;
  try {
    const keepProof = (proof: ExternalIdProof) => kept.push(proof);
    const alone = { place: null, loadPath: async () => [], proof: null };
    verdict = await checkRole(aws, { credentials, ...alone, keepProof, warnsOfAbsentExternalId: true });
  } catch (error) {
    if (error instanceof ApplicationFailure) throw error;
    throw awsFailure(error, `The role ${roleArn} could not be checked`);
  }
  await saveProofs(
    db,
    credentialSetId,
    kept.map((proof) => ({ roleArn, ...proof })),
  );
  if (verdict.kind !== 'accepted') return { checks: refused(verdict.reason.message), warnings: [], checkedAt };
  const refusal = refusalOf(credentials, kept[0] ?? null);
  return {
    checks: [{ name: 'assume_role', passed: true, message: `The role ${roleArn} was assumed.` }, refusal],
    warnings: [...verdict.warnings],
    checkedAt,
  };
}

function refused(message: string): RoleProofItem[] {
  return [
    { name: 'assume_role', passed: false, message },
    { name: 'refuses_without_external_id', passed: false, message: 'Not tried, because the role could not be assumed.' },
  ];
}

const remedy = "Require an external id in the role's trust policy: a condition StringEquals on sts:ExternalId.";

function refusalOf({ roleArn, externalId }: RoleCredentials, proof: ExternalIdProof | null): RoleProofItem {
  const name = 'refuses_without_external_id';
  if (externalId === undefined) return { name, passed: false, message: `The call gave no external id for the role ${roleArn}. ${remedy}` };
  if (!proof) {
    throw failure(failureTypes.transient, `AWS gave no usable answer about the role ${roleArn} without its external id`, {
      code: 'aws_unavailable',
    });
  }
  return proof.enforced
    ? { name, passed: true, message: `The role ${roleArn} refuses Muster without the external id.` }
    : { name, passed: false, message: `The role ${roleArn} accepts Muster without the external id. ${remedy}` };
}
