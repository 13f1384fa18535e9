import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import { cancellationSignal } from '@temporalio/activity';
import type { ExpiringSession } from './clients.ts';

/** A role, and how it is assumed. */
export interface AssumableRole {
  roleArn: string;
  sessionName: string;
  durationSeconds: number;
  externalId?: string;
}

/** The answer to an attempt to assume a role. Only access denied is an answer; every other error is thrown. */
export type AssumeRoleAnswer = { accepted: true } | { accepted: false; awsCode: string; message: string };

/**
 * Assumes a role exactly as its credentials say (O4). Throws AWS's error; status-reason.ts explains what it means for a
 * role.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export async function assumeRole(sts: STSClient, role: AssumableRole): Promise<ExpiringSession> {
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: role.roleArn,
      RoleSessionName: role.sessionName,
      ExternalId: role.externalId,
      DurationSeconds: role.durationSeconds,
    }),
    { abortSignal: cancellationSignal() },
  );
  if (!Credentials?.AccessKeyId || !Credentials.SecretAccessKey || !Credentials.SessionToken || !Credentials.Expiration) {
    throw new Error('AWS answered without credentials');
  }
  return {
    accessKeyId: Credentials.AccessKeyId,
    secretAccessKey: Credentials.SecretAccessKey,
    sessionToken: Credentials.SessionToken,
    expiration: Credentials.Expiration,
  };
}

/** Assumes a role and drops the session. AWS answers alike for a missing role, a trust policy that refuses and a wrong external id. */
export async function tryRole(sts: STSClient, role: AssumableRole): Promise<AssumeRoleAnswer> {
  try {
    await assumeRole(sts, role);
    return { accepted: true };
  } catch (error) {
    if (error instanceof Error && (error.name === 'AccessDenied' || error.name === 'AccessDeniedException')) {
      return { accepted: false, awsCode: error.name, message: error.message };
    }
    throw error;
  }
}
