import { randomBytes } from 'node:crypto';

/** A role and the parameters to assume it. */
export interface RoleCredentials {
  roleArn: string;
  externalId?: string;
  sessionName: string;
  durationSeconds: number;
}

/** The content of an organization's credential set: both roles, and the access key for STS if there is one (O1, O3). */
export interface OrganizationCredentials {
  organizationRole: RoleCredentials;
  /** The role of every member account; its ARN is formatted from the account's id. */
  memberRole: Omit<RoleCredentials, 'roleArn'> & { roleName: string };
  accessKey?: { accessKeyId: string; secretAccessKey: string };
}

/** Creates an external id of 256 random bits, which cannot be guessed (D12). */
export function newExternalId(): string {
  return randomBytes(32).toString('base64url');
}
