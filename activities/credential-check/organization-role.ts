import type { OrganizationCredentials } from '../../db/sealing/secrets.ts';
import { parseRoleArn, type Partition } from '../../domain/aws/arn.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { openOrganizationCredentials } from '../open-credentials.ts';
import { assumeRole } from '../aws/assume-role.ts';
import type { SessionCredentials } from '../aws/clients.ts';
import { awsFailure } from '../aws/errors.ts';
import { callerFailure, refusalOf } from '../aws/role-refusal.ts';

/** An organization role as its credential set opens it: a session of it, or why there is none. */
export interface OrganizationRole {
  role: OrganizationCredentials['organizationRole'];
  accountId: string;
  partition: Partition;
  opened: { session: SessionCredentials } | { session: null; refusal: string };
}

/** Assumes the organization role of a credential set. Throws when AWS gave no answer. */
export async function openOrganizationRole(dependencies: ActivityDependencies, credentialSetId: string): Promise<OrganizationRole> {
  const { organizationRole: role, accessKey } = await openOrganizationCredentials(dependencies, credentialSetId);
  const { partition, accountId } = parseRoleArn(role.roleArn)!;
  const known = { role, accountId, partition };
  try {
    return { ...known, opened: { session: await assumeRole(dependencies.aws.stsFor({ partition, accessKey }), role) } };
  } catch (error) {
    const refusal = refusalOf(error, role.roleArn);
    if (!refusal) throw awsFailure(error, `The role ${role.roleArn} could not be tried`);
    const caller = accessKey ? 'the access key that was given' : "Muster's own identity";
    const said = callerFailure(error) ? `AWS does not accept ${caller}: ${(error as Error).message}` : refusal.message;
    return { ...known, opened: { session: null, refusal: said } };
  }
}

/** Why a check that needs the role could not be made. */
export const notTried = 'Not tried, because the organization role could not be assumed.';
