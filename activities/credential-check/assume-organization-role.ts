import type { OrganizationCredentials } from '../../db/sealing/secrets.ts';
import { parseRoleArn, type Partition } from '../../domain/aws/arn.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { openOrganizationCredentials } from '../open-credentials.ts';
import { assumeRole } from '../aws/assume-role.ts';
import type { SessionCredentials } from '../aws/clients.ts';
import { awsFailure } from '../aws/errors.ts';
import { callerFailure, statusReasonOf } from '../aws/status-reason.ts';

interface RoleToAssume {
  role: OrganizationCredentials['organizationRole'];
  accountId: string;
  partition: Partition;
}

/** The organization role of a credential set, with a session of it or the reason why there is none. */
export type AssumedOrganizationRole = RoleToAssume & ({ session: SessionCredentials; refusal: null } | { session: null; refusal: string });

/** Assumes the organization role of a credential set. Throws if AWS gave no answer. */
export async function assumeOrganizationRole(
  dependencies: ActivityDependencies,
  credentialSetId: string,
): Promise<AssumedOrganizationRole> {
  const { organizationRole: role, accessKey } = await openOrganizationCredentials(dependencies, credentialSetId);
  const { partition, accountId } = parseRoleArn(role.roleArn)!;
  const known: RoleToAssume = { role, accountId, partition };
  try {
    return { ...known, session: await assumeRole(dependencies.aws.stsFor({ partition, accessKey }), role), refusal: null };
  } catch (error) {
    const refusal = statusReasonOf(error, role.roleArn);
    if (!refusal) throw awsFailure(error, `The role ${role.roleArn} could not be checked`);
    const caller = accessKey ? 'the access key of the credentials' : "Muster's own identity";
    const said = callerFailure(error) ? `AWS does not accept ${caller}: ${(error as Error).message}` : refusal.message;
    return { ...known, session: null, refusal: said };
  }
}

/** The message of a check that needs the role when the role could not be assumed. */
export const notTried = 'Not tried, because the organization role could not be assumed.';
