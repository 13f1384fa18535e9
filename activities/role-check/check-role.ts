import type { RoleCredentials } from '../../db/sealing/secrets.ts';
import { parseRoleArn } from '../../domain/aws/arn.ts';
import { statusCodes, type CheckOutcome } from '../../domain/clouds/check.ts';
import { assumeRole } from '../aws/assume-role.ts';
import type { AwsClients, SessionCredentials } from '../aws/clients.ts';
import { findGaps, type AssumedRole } from './find-gaps.ts';
import { callerFailure, statusReasonOf } from '../aws/status-reason.ts';
import type { StsCaller } from '../aws/sts-for.ts';

export interface HarvestingRole extends Pick<AssumedRole, 'place' | 'loadPath'> {
  credentials: RoleCredentials;
  accessKey?: StsCaller['accessKey'];
}

export type RoleVerdict = Extract<CheckOutcome, { kind: 'accepted' | 'denied' | 'not_checked' }>;

/**
 * Assumes a harvesting role and simulates what it may do (O10). A refusal is a verdict. Muster assumes no role of its own
 * account, which is a warning (B3). Throws AWS's own error if
 * nothing was learned about the role. Throws a failure if AWS does not accept the caller, which is the same for every
 * role.
 */
export async function checkRole(aws: Pick<AwsClients, 'stsFor' | 'iamAs'>, role: HarvestingRole): Promise<RoleVerdict> {
  const { roleArn } = role.credentials;
  const { partition, accountId } = parseRoleArn(roleArn)!;
  let session: SessionCredentials;
  try {
    session = await assumeRole(aws.stsFor({ partition, accessKey: role.accessKey }), role.credentials);
  } catch (error) {
    const concernsAll = callerFailure(error);
    if (concernsAll) throw concernsAll;
    const reason = statusReasonOf(error, roleArn);
    if (reason?.code === statusCodes.ownAccount) return { kind: 'not_checked', status: 'warning', reason };
    if (reason) return { kind: 'denied', reason };
    throw error;
  }
  return { kind: 'accepted', warnings: await findGaps(aws.iamAs(session, partition), { ...role, roleArn, accountId }) };
}
