import { failureTypes } from '../../workflows/contracts/failures.ts';
import { awsCodeOf, awsFailure, knownFailure, meaningOf } from './errors.ts';

/** AWS's words for credentials that no longer work. */
const endedSession = /^(ExpiredToken|InvalidClientTokenId|UnrecognizedClient|RequestExpired)/;

/** True when a call failed because the delegated access is over, or was revoked. */
export function hasSessionEnded(error: unknown): boolean {
  return endedSession.test(awsCodeOf(error) ?? '');
}

/**
 * The failure of a call made with delegated credentials. A session that ended, rights that are missing and what
 * CloudFormation refuses for another reason (a quota, a value) are told apart: each asks for another remedy. A call that
 * was cancelled is a cancellation (D9).
 */
export function sessionFailure(error: unknown, attempted: string): Error {
  const known = knownFailure(error);
  if (known) return known;
  if (hasSessionEnded(error)) return awsFailure(error, attempted, 'session_ended');
  const isDenied = meaningOf(error) === failureTypes.accessDenied;
  return awsFailure(error, attempted, isDenied ? 'delegated_access_insufficient' : 'stack_failed');
}
