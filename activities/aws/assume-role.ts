import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import { cancellationSignal } from '@temporalio/activity';
import type { RoleCredentials } from '../../db/sealing/secrets.ts';

/** How a role answered. Only access denied is an answer; everything else that goes wrong is thrown. */
export type AssumeRoleAnswer = { accepted: true } | { accepted: false; awsCode: string; message: string };

/**
 * Tries a role just as it will be used, and drops the credentials. AWS does not tell a missing role, a refusing trust
 * policy and a wrong external id apart.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export async function tryRole(sts: STSClient, role: RoleCredentials): Promise<AssumeRoleAnswer> {
  try {
    await sts.send(
      new AssumeRoleCommand({
        RoleArn: role.roleArn,
        RoleSessionName: role.sessionName,
        ExternalId: role.externalId,
        DurationSeconds: role.durationSeconds,
      }),
      { abortSignal: cancellationSignal() },
    );
    return { accepted: true };
  } catch (error) {
    if (error instanceof Error && (error.name === 'AccessDenied' || error.name === 'AccessDeniedException')) {
      return { accepted: false, awsCode: error.name, message: error.message };
    }
    throw error;
  }
}
