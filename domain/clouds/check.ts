import type { CloudStatus, CloudWarning } from './status.ts';

/**
 * The codes of `statusReason`, which say why a cloud is not ok (O18). They are stored and shown, so they never change.
 * AWS gives the same AccessDenied for a missing role, a trust policy that does not name Muster, and a wrong external id, so
 * these share one code. SCPs, and limits of Muster's own session, have messages of their own.
 */
export const statusCodes = {
  /** The role is missing, its trust policy refuses Muster, or the external id is wrong. */
  roleRefused: 'role_refused',
  /** DurationSeconds is above the role's own maximum. */
  durationAboveMaximum: 'duration_above_maximum',
  /** Muster's own identity is a role session, and AWS limits chained sessions to one hour. */
  chainingLimit: 'chaining_limit',
  /** A service control policy denies the AssumeRole call itself. */
  deniedByScp: 'denied_by_scp',
  /** A resource control policy denies the AssumeRole call. */
  deniedByRcp: 'denied_by_rcp',
  /** The role can be assumed, but a service control policy denies what it needs, so Muster learns nothing about it. */
  blockedByScp: 'blocked_by_scp',
  /** STS is not activated in the Region of the call. */
  regionDisabled: 'region_disabled',
  /** AWS refuses the call for another reason than access. */
  roleNotUsable: 'role_not_usable',
  /** The role is in Muster's own account, so Muster does not assume it (B3). */
  ownAccount: 'own_account',
  accountSuspended: 'account_suspended',
  /** AWS has not activated the account yet. */
  accountPendingActivation: 'account_pending_activation',
  /** The stack set has not reached the account yet (D5). */
  stackInstancePending: 'stack_instance_pending',
  /** The stack set could not bring the role into the account (D5). */
  stackInstanceFailed: 'stack_instance_failed',
  /** AWS throttled every attempt. The next sync or recheck tries again. */
  throttled: 'throttled',
  /** AWS gave no usable answer to any attempt. */
  awsUnavailable: 'aws_unavailable',
  /** The check failed in Muster, for example because it cannot decrypt the credentials. */
  checkFailed: 'check_failed',
} as const;
export type StatusCode = (typeof statusCodes)[keyof typeof statusCodes];

/** The codes of a cloud's warnings (O10, O18, B5), which never change. */
export const warningCodes = {
  /** The role's own policies do not allow the action, or deny it. */
  missingPermission: 'missing_permission',
  /** The role's permissions boundary does not allow the action. */
  deniedByBoundary: 'denied_by_boundary',
  /** A service control policy denies the action. The warning names the policy and its target. */
  deniedByScp: 'denied_by_scp',
  /** A service control policy may deny the action, depending on conditions that the simulator does not know. */
  deniedByScpUnverified: 'denied_by_scp_unverified',
  /** The role may not simulate its own policies, so its permissions are unknown. */
  permissionsUnknown: 'permissions_unknown',
  /** The role accepts Muster without its external id, or Muster has none for it (D12). */
  externalIdNotEnforced: 'external_id_not_enforced',
  /** A tag makes no badge because its key is reserved for the system. */
  reservedTagKey: 'reserved_tag_key',
} as const;
export type WarningCode = (typeof warningCodes)[keyof typeof warningCodes];

/** The reason of a status: a code, and a message for people. */
export interface StatusReason {
  code: StatusCode;
  message: string;
}

/**
 * The outcome of one check of one account's role. The failure of an account is a result. Only a `deferred` check is
 * retried, for a few rounds.
 */
export type CheckOutcome =
  | { kind: 'accepted'; warnings: readonly CloudWarning[] }
  | { kind: 'denied'; reason: StatusReason }
  /** AWS throttled the check or gave no answer, so it proves nothing. */
  | { kind: 'deferred'; reason: StatusReason }
  /** Not checked: the account is suspended, not activated yet or Muster's own, or its stack instance does not exist yet. */
  | { kind: 'not_checked'; status: 'suspended' | 'pending' | 'warning'; reason: StatusReason };

/** The status of a cloud with its reason and warnings. */
export interface CloudStanding {
  status: CloudStatus;
  reason: StatusReason | null;
  warnings: CloudWarning[];
}

/**
 * The status of a cloud after a check. `before` is its status so far, null for a new cloud. A deferred check keeps it,
 * except `suspended` and `pending`, which are outdated once the account can be checked.
 */
export function standingAfter(outcome: CheckOutcome, before: CloudStanding | null): CloudStanding {
  switch (outcome.kind) {
    case 'accepted': {
      const warnings = [...outcome.warnings];
      return { status: warnings.length === 0 ? 'ok' : 'warning', reason: null, warnings };
    }
    case 'denied':
      return { status: 'access_denied', reason: outcome.reason, warnings: [] };
    case 'not_checked':
      return { status: outcome.status, reason: outcome.reason, warnings: [] };
    case 'deferred':
      return before && before.status !== 'suspended' && before.status !== 'pending'
        ? before
        : { status: 'pending', reason: outcome.reason, warnings: [] };
  }
}
