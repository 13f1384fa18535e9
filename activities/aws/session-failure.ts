import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { awsCodeOf, awsFailure } from './errors.ts';

/** AWS's words for credentials that no longer work. */
const endedSession = /^(ExpiredToken|InvalidClientTokenId|UnrecognizedClient|RequestExpired)/;

/** The failure of a call made with delegated credentials: a session that ended is told apart from missing rights. */
export function sessionFailure(error: unknown, attempted: string): Error {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  const hasEnded = endedSession.test(awsCodeOf(error) ?? '');
  return awsFailure(error, attempted, hasEnded ? 'session_ended' : 'delegated_access_insufficient');
}
