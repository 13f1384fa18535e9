import type { STSClient } from '@aws-sdk/client-sts';
import type { RoleCredentials } from '../../db/sealing/secrets.ts';
import { parseRoleArn } from '../../domain/aws/arn.ts';
import { statusCodes, type CheckOutcome } from '../../domain/clouds/check.ts';
import { absentExternalIdWarning, unenforcedWarning, type ExternalIdProof } from '../../domain/clouds/external-id-proof.ts';
import type { CloudWarning } from '../../domain/clouds/status.ts';
import { assumeRole } from '../aws/assume-role.ts';
import type { AwsClients, SessionCredentials } from '../aws/clients.ts';
import { askWithoutExternalId } from '../aws/ask-without-external-id.ts';
import { both } from '../side-by-side.ts';
import { findGaps, type AssumedRole } from './find-gaps.ts';
import { callerFailure, statusReasonOf } from '../aws/status-reason.ts';
import type { StsCaller } from '../aws/sts-for.ts';

export interface HarvestingRole extends Pick<AssumedRole, 'place' | 'loadPath'> {
  credentials: RoleCredentials;
  accessKey?: StsCaller['accessKey'];
  /** The last answer of the role without its external id; null if it was never asked (D12). */
  proof: ExternalIdProof | null;
  /** Keeps a new answer, also if the check fails afterwards, so that Muster does not ask the role twice in a day. */
  keepProof: (proof: ExternalIdProof) => void;
  /** False for a member of an organization: the organization has the warning about roles without an external id. */
  warnsOfAbsentExternalId: boolean;
}

export type RoleVerdict = Extract<CheckOutcome, { kind: 'accepted' | 'denied' | 'not_checked' }>;

/**
 * Assumes a harvesting role and simulates what it may do (O10). A refusal is a verdict. Muster assumes no role of its own
 * account, which is a warning (B3). Throws AWS's own error if
 * nothing was learned about the role. Throws a failure if AWS does not accept the caller, which is the same for every
 * role. A role that accepts Muster is also asked without its external id, beside the simulation (D12).
 */
export async function checkRole(aws: Pick<AwsClients, 'stsFor' | 'iamAs'>, role: HarvestingRole): Promise<RoleVerdict> {
  const { roleArn } = role.credentials;
  const { partition, accountId } = parseRoleArn(roleArn)!;
  const sts = aws.stsFor({ partition, accessKey: role.accessKey });
  let session: SessionCredentials;
  try {
    session = await assumeRole(sts, role.credentials);
  } catch (error) {
    const concernsAll = callerFailure(error);
    if (concernsAll) throw concernsAll;
    const reason = statusReasonOf(error, roleArn);
    if (reason?.code === statusCodes.ownAccount) return { kind: 'not_checked', status: 'warning', reason };
    if (reason) return { kind: 'denied', reason };
    throw error;
  }
  const [gaps, asked] = await both(findGaps(aws.iamAs(session, partition), { ...role, roleArn, accountId }), ask(sts, role));
  if ('blocked' in gaps) return { kind: 'denied', reason: gaps.blocked };
  return { kind: 'accepted', warnings: [...gaps.warnings, ...externalIdWarnings(role, asked ?? role.proof)] };
}

async function ask(sts: STSClient, { credentials, proof, keepProof }: HarvestingRole): Promise<ExternalIdProof | null> {
  const asked = await askWithoutExternalId(sts, credentials, proof);
  if (asked) keepProof(asked);
  return asked;
}

function externalIdWarnings({ credentials, warnsOfAbsentExternalId }: HarvestingRole, proof: ExternalIdProof | null): CloudWarning[] {
  const { roleArn, externalId } = credentials;
  if (externalId === undefined) return warnsOfAbsentExternalId ? [absentExternalIdWarning(roleArn)] : [];
  return proof && !proof.enforced ? [unenforcedWarning(roleArn, proof)] : [];
}
