import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { failureTypes } from '../../workflows/contracts/failures.ts';
import { awsCodeOf, awsFailure, meaningOf } from './errors.ts';

/** AWS's words for credentials that no longer work. */
const endedSession = /^(ExpiredToken|InvalidClientTokenId|UnrecognizedClient|RequestExpired)/;

/** True when a call failed because the delegated access is over, or was revoked. */
export function hasSessionEnded(error: unknown): boolean {
  return endedSession.test(awsCodeOf(error) ?? '');
}

/**
 * The failure of a call made with delegated credentials. A session that ended, rights that are missing and what
 * CloudFormation refuses for another reason (a quota, a value) are told apart: each asks for another remedy.
 */
export function sessionFailure(error: unknown, attempted: string): Error {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  if (hasSessionEnded(error)) return awsFailure(error, attempted, 'session_ended');
  const isDenied = meaningOf(error) === failureTypes.accessDenied;
  return awsFailure(error, attempted, isDenied ? 'delegated_access_insufficient' : 'stack_failed');
}
