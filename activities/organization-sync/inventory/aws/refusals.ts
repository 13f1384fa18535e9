import { failureTypes } from '../../../../workflows/contracts/failures.ts';
import { awsCodeOf, meaningOf } from '../../../aws/errors.ts';

/** What is asked about is not there (any more): it went while the organization was read. */
export const gone = Symbol('gone');

/** The session may not ask this. */
export const denied = Symbol('denied');

/**
 * Says whether AWS does not take a pagination token (any more) (aws-facts.md §3.1). Organizations names the reason
 * INVALID_PAGINATION_TOKEN in its documentation and INVALID_NEXT_TOKEN on the wire; the tagging API has an error for old
 * tokens and none for unreadable ones.
 */
export function isTokenRefused(error: unknown): boolean {
  const code = awsCodeOf(error);
  const reason = error instanceof Error && 'Reason' in error ? error.Reason : undefined;
  return (
    (code === 'InvalidInputException' && (reason === 'INVALID_PAGINATION_TOKEN' || reason === 'INVALID_NEXT_TOKEN')) ||
    code === 'PaginationTokenExpiredException' ||
    (code === 'InvalidParameterException' && /PaginationToken/i.test((error as Error).message))
  );
}

/** Says whether AWS misses the thing itself: account, unit, policy or target. */
export function isGone(error: unknown): boolean {
  return /^(Account|Child|Parent|Policy|Target|OrganizationalUnit)NotFoundException$/.test(awsCodeOf(error) ?? '');
}

/** For calls to which it is an answer that the thing is gone. */
export function goneOf(error: unknown): typeof gone | undefined {
  return isGone(error) ? gone : undefined;
}

/** For calls to which it is an answer that the session may not make them. */
export function deniedOf(error: unknown): typeof denied | undefined {
  return meaningOf(error) === failureTypes.accessDenied ? denied : undefined;
}
