/** Identifiers in the shapes that AWS gives them. */
import { randomBytes } from 'node:crypto';

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** A prefix and random base-32 characters, e.g. AROA… (reference_identifiers.html, "Understanding unique ID prefixes"). */
export function uniqueId(prefix: string, randomLength = 17): string {
  return prefix + [...randomBytes(randomLength)].map((byte) => base32[byte % 32]).join('');
}

/** Prefix of every secret access key of the sandbox, so that a test can find a leaked key anywhere. */
export const secretKeyPrefix = 'SandboxSecretKey';

/** 40 characters of base64, as AWS's secret access keys have. */
export function secretKey(): string {
  return secretKeyPrefix + randomBytes(18).toString('base64');
}

/**
 * Prefix of session tokens, as STS's global endpoint issues them: base64 of a header that says `er/aws`. AWS documents no form;
 * here the prefix helps to find a leaked token.
 */
export const sessionTokenPrefix = 'FwoGZXIvYXdzE';

export function sessionToken(): string {
  return sessionTokenPrefix + randomBytes(96).toString('base64');
}

export function partitionOfArn(arn: string): string {
  return arn.split(':')[1] ?? '';
}

/** The account in an ARN, '' where it names none. */
export function accountOfArn(arn: string): string {
  return arn.split(':')[4] ?? '';
}
