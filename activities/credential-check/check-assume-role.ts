import type { CredentialCheckItem } from '../../workflows/contracts/credential-check.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { openOrganizationRole } from './organization-role.ts';

/** Assumes the organization role just as syncs will (O5). */
export async function checkAssumeRole(
  dependencies: ActivityDependencies,
  { credentialSetId }: { credentialSetId: string },
): Promise<CredentialCheckItem> {
  const { role, opened } = await openOrganizationRole(dependencies, credentialSetId);
  return opened.session
    ? { name: 'assume_role', passed: true, message: `The role ${role.roleArn} was assumed.` }
    : { name: 'assume_role', passed: false, message: opened.refusal };
}
