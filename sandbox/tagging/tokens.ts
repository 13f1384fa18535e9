/** "A PaginationToken is valid for a maximum of 15 minutes" (API model, PaginationTokenExpiredException). */
import { AwsError } from '../core/aws-error.ts';

const validForMs = 15 * 60_000;

export function writeToken(after: string): string {
  return Buffer.from(`${Date.now()}/${after}`).toString('base64');
}

/** The account id after which the listing continues. Throws InvalidParameterException or PaginationTokenExpiredException. */
export function readToken(token: unknown): string {
  const [at, after] = Buffer.from(String(token), 'base64').toString().split('/');
  if (!/^\d+$/.test(at ?? '') || !/^\d{12}$/.test(after ?? '')) {
    throw new AwsError('InvalidParameterException', 'The PaginationToken is not valid.');
  }
  if (Number(at) + validForMs < Date.now()) {
    throw new AwsError('PaginationTokenExpiredException', 'The specified PaginationToken has expired.');
  }
  return after!;
}
