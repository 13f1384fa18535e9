import type { CredentialCheckItem } from '../../workflows/contracts/credential-check.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { assumeOrganizationRole } from './assume-organization-role.ts';

/** Assumes the organization role exactly as syncs do (O5). */
export async function checkAssumeRole(
  dependencies: ActivityDependencies,
  { credentialSetId }: { credentialSetId: string },
): Promise<CredentialCheckItem> {
  const { role, session, refusal } = await assumeOrganizationRole(dependencies, credentialSetId);
  return session
    ? { name: 'assume_role', passed: true, message: `The role ${role.roleArn} was assumed.` }
    : { name: 'assume_role', passed: false, message: refusal };
}
