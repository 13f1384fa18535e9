import { failureTypes } from '../../../../workflows/contracts/failures.ts';
import { awsCodeOf, meaningOf } from '../../../aws/errors.ts';

/** The thing that a call is about no longer exists: it was deleted while the organization was read. */
export const gone = Symbol('gone');

/** The session may not make the call. */
export const denied = Symbol('denied');

/**
 * Whether AWS refuses a pagination token. Organizations documents the reason
 * INVALID_PAGINATION_TOKEN and sends INVALID_NEXT_TOKEN; the tagging API has an error for old tokens and none for
 * unreadable ones.
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

/** Whether the thing itself no longer exists: account, unit, policy or target. */
export function isGone(error: unknown): boolean {
  return /^(Account|Child|Parent|Policy|Target|OrganizationalUnit)NotFoundException$/.test(awsCodeOf(error) ?? '');
}

/** For calls that treat a missing thing as an answer. */
export function goneOf(error: unknown): typeof gone | undefined {
  return isGone(error) ? gone : undefined;
}

/** For calls that treat a denial as an answer. */
export function deniedOf(error: unknown): typeof denied | undefined {
  return meaningOf(error) === failureTypes.accessDenied ? denied : undefined;
}
