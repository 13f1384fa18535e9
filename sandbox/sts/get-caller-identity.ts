import type { Operation } from '../core/service.ts';

/** Needs no permission, not even against an explicit deny (API_GetCallerIdentity.html). */
export const getCallerIdentity: Operation = (_input, { caller }) => ({
  UserId: caller.userId,
  Account: caller.accountId,
  Arn: caller.arn,
});
