import { randomBytes } from 'node:crypto';

/** What a credential set holds: everything that AssumeRole needs, and the keys to call it with where there are any. */
export interface RoleCredentials {
  roleArn: string;
  externalId?: string;
  sessionName: string;
  durationSeconds: number;
}

/** What an organization's credential set holds: both roles, and the keys to call STS with where they were given (O1, O3). */
export interface OrganizationCredentials {
  organizationRole: RoleCredentials;
  /** The same in every account; its ARN is formatted from the account's id. */
  memberRole: Omit<RoleCredentials, 'roleArn'> & { roleName: string };
  accessKey?: { accessKeyId: string; secretAccessKey: string };
}

/** A new external id: 256 random bits, so that nobody guesses it (D12). */
export function newExternalId(): string {
  return randomBytes(32).toString('base64url');
}
