import type { AccountState } from '../organizations/account-state.ts';
import { standingAfter, statusCodes, warningCodes, type CloudStanding, type StatusReason } from './check.ts';
import type { CloudStatus, CloudWarning } from './status.ts';

/** How far an account's check is in a sync, and what it came to. */
export interface ListedCheck {
  state: AccountState;
  check: 'waiting' | 'deferred' | 'done' | 'skipped';
  /** What the check made of it; null while it made nothing. */
  status: CloudStatus | null;
  reason: StatusReason | null;
  warnings: readonly CloudWarning[];
}

export const accountSuspended: StatusReason = {
  code: statusCodes.accountSuspended,
  message: 'AWS has suspended or closed the account, so its role is not checked.',
};

export const accountPendingActivation: StatusReason = {
  code: statusCodes.accountPendingActivation,
  message: 'AWS has not activated the account yet; the next sync checks its role.',
};

/**
 * What a member cloud shows after a sync (C2, O10). AWS's own word on the account comes before the check of its role.
 * `before` is what it showed so far, null where that says nothing of the organization's credentials. A cloud that is no
 * longer suspended waits for a check: what was known of it before its suspension may be long over.
 */
export function standingOfListed(listed: ListedCheck, before: CloudStanding | null): CloudStanding {
  if (listed.state === 'suspended') return standingAfter({ kind: 'not_checked', status: 'suspended', reason: accountSuspended }, before);
  if (listed.state === 'pending_activation') {
    return standingAfter({ kind: 'not_checked', status: 'pending', reason: accountPendingActivation }, before);
  }
  if (listed.check === 'done' && listed.status !== null) {
    return { status: listed.status, reason: listed.reason, warnings: [...listed.warnings] };
  }
  if (listed.check === 'deferred' && listed.reason) return standingAfter({ kind: 'deferred', reason: listed.reason }, before);
  return before && before.status !== 'suspended' ? before : { status: 'pending', reason: null, warnings: [] };
}

/** The warnings of a cloud with those of its reserved tag keys brought up to date (B5); they say nothing of permissions. */
export function withReservedTags(warnings: readonly CloudWarning[], reservedKeys: readonly string[]): CloudWarning[] {
  const others = warnings.filter(({ code }) => code !== warningCodes.reservedTagKey);
  const told = reservedKeys.toSorted().map((key) => ({
    code: warningCodes.reservedTagKey,
    message: `The account's tag "${key}" makes no badge: keys of this form are reserved for the system.`,
  }));
  return [...others, ...told];
}

/** The warnings that a check made, without those of tags. */
export function permissionWarnings(warnings: readonly CloudWarning[]): CloudWarning[] {
  return withReservedTags(warnings, []);
}
