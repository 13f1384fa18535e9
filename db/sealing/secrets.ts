import { randomBytes } from 'node:crypto';

/** What a credential set holds: everything that AssumeRole needs, and the keys to call it with where there are any. */
export interface RoleCredentials {
  roleArn: string;
  externalId?: string;
  sessionName: string;
  durationSeconds: number;
}

/** A new external id: 256 random bits, so that nobody guesses it (D12). */
export function newExternalId(): string {
  return randomBytes(32).toString('base64url');
}
