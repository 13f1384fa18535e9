import { customerGuardOf, guardRemedy } from '../../domain/delegation/customer-guard.ts';
import { failureTypes } from '../../workflows/contracts/failures.ts';
import { awsCodeOf, awsFailure, knownFailure, meaningOf } from './errors.ts';

/** AWS's codes for credentials that no longer work. */
const endedSession = /^(ExpiredToken|InvalidClientTokenId|UnrecognizedClient|RequestExpired)/;

/** True if a call failed because the delegated access has expired or was revoked. */
export function hasSessionEnded(error: unknown): boolean {
  return endedSession.test(awsCodeOf(error) ?? '');
}

/**
 * The failure of a call with delegated credentials. Its code separates an ended session, missing rights and
 * CloudFormation's other refusals (a quota, a value), because each has its own remedy. A cancelled call becomes a
 * cancellation (D9).
 */
export function sessionFailure(error: unknown, attempted: string): Error {
  const known = knownFailure(error);
  if (known) return known;
  if (hasSessionEnded(error)) return awsFailure(error, attempted, 'session_ended');
  const isDenied = meaningOf(error) === failureTypes.accessDenied;
  const guard = isDenied && error instanceof Error ? customerGuardOf(error.message) : null;
  if (guard) return awsFailure(error, `${attempted}. ${guardRemedy(guard)} Cause`, 'customer_guard_refused');
  return awsFailure(error, attempted, isDenied ? 'delegated_access_insufficient' : 'stack_failed');
}
