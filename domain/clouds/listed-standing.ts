import type { AccountState } from '../organizations/account-state.ts';
import { standingAfter, statusCodes, warningCodes, type CloudStanding, type StatusReason } from './check.ts';
import type { CloudStatus, CloudWarning } from './status.ts';

/** The state of an account's check in a sync, and its outcome. */
export interface ListedCheck {
  state: AccountState;
  check: 'waiting' | 'deferred' | 'done' | 'skipped';
  /** The outcome of the check; null while there is none. */
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
 * The status of a member cloud after a sync (C2, O10). The account's state at AWS takes precedence over the check of its
 * role. `before` is the cloud's status so far, or null if it comes from other credentials than the organization's. A cloud
 * that is no longer suspended needs a check, because its status from before the suspension may be outdated.
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

/** Updates the warnings about reserved tag keys among a cloud's warnings (B5). The other warnings stay. */
export function withReservedTags(warnings: readonly CloudWarning[], reservedKeys: readonly string[]): CloudWarning[] {
  const others = warnings.filter(({ code }) => code !== warningCodes.reservedTagKey);
  const reserved = reservedKeys.toSorted().map((key) => ({
    code: warningCodes.reservedTagKey,
    message: `The account's tag "${key}" makes no badge: keys of this form are reserved for the system.`,
  }));
  return [...others, ...reserved];
}

/** A cloud's warnings without the warnings about tags. */
export function permissionWarnings(warnings: readonly CloudWarning[]): CloudWarning[] {
  return withReservedTags(warnings, []);
}
