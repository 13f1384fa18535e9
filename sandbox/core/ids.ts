/** Identifiers in the shapes that AWS gives them. */
import { randomBytes } from 'node:crypto';

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** A prefix and random base-32 characters, e.g. AROA… (reference_identifiers.html, "Understanding unique ID prefixes"). */
export function uniqueId(prefix: string, randomLength = 17): string {
  return prefix + [...randomBytes(randomLength)].map((byte) => base32[byte % 32]).join('');
}

/** 40 characters, as AWS's secret access keys have. */
export function secretKey(): string {
  return randomBytes(30).toString('base64');
}

export function sessionToken(): string {
  return `Fwo${randomBytes(96).toString('base64')}`;
}

export function partitionOfArn(arn: string): string {
  return arn.split(':')[1] ?? '';
}

/** The account in an ARN, '' where it names none. */
export function accountOfArn(arn: string): string {
  return arn.split(':')[4] ?? '';
}
