import { failureTypes } from '../../../../workflows/contracts/failures.ts';
import { awsCodeOf, meaningOf } from '../../../aws/errors.ts';

/** AWS does not take a pagination token (any more): the listing has to begin again (aws-facts.md §3.1). */
export const tokenRefused = Symbol('token refused');

/** What is asked about is not there (any more): it went while the organization was read. */
export const gone = Symbol('gone');

/** The session may not ask this. */
export const denied = Symbol('denied');

/**
 * Organizations names the reason INVALID_PAGINATION_TOKEN in its documentation and INVALID_NEXT_TOKEN on the wire; the
 * tagging API has an error for old tokens and none for unreadable ones.
 */
export function refusedToken(error: unknown): typeof tokenRefused | undefined {
  const code = awsCodeOf(error);
  const reason = error instanceof Error && 'Reason' in error ? error.Reason : undefined;
  const isRefused =
    (code === 'InvalidInputException' && (reason === 'INVALID_PAGINATION_TOKEN' || reason === 'INVALID_NEXT_TOKEN')) ||
    code === 'PaginationTokenExpiredException' ||
    (code === 'InvalidParameterException' && /PaginationToken/i.test((error as Error).message));
  return isRefused ? tokenRefused : undefined;
}

/** Says whether AWS misses the thing itself: account, unit, policy or target. */
export function isGone(error: unknown): typeof gone | undefined {
  return /^(Account|Child|Parent|Policy|Target|OrganizationalUnit)NotFoundException$/.test(awsCodeOf(error) ?? '') ? gone : undefined;
}

export function isDenied(error: unknown): typeof denied | undefined {
  return meaningOf(error) === failureTypes.accessDenied ? denied : undefined;
}
