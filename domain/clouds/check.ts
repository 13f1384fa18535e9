import type { CloudStatus, CloudWarning } from './status.ts';

/**
 * Why a cloud is not ok (O18): the codes of `statusReason`. They are stored and shown, and never change.
 * AWS answers AccessDenied alike for a missing role, a trust policy that does not name Muster and a wrong external id,
 * so these share one code; SCPs and sessions of ours have messages of their own.
 */
export const statusCodes = {
  /** The role is missing, its trust policy refuses Muster, or the external id is wrong. */
  roleRefused: 'role_refused',
  /** DurationSeconds is above the role's own maximum. */
  durationAboveMaximum: 'duration_above_maximum',
  /** Muster's own identity is a role session, and AWS limits chained sessions to an hour. */
  chainingLimit: 'chaining_limit',
  /** A service control policy denies the AssumeRole call itself. */
  deniedByScp: 'denied_by_scp',
  /** STS is switched off in the Region that was called. */
  regionDisabled: 'region_disabled',
  /** AWS refuses the call as such, for another reason than access. */
  roleNotUsable: 'role_not_usable',
  accountSuspended: 'account_suspended',
  /** AWS has not activated the account yet. */
  accountPendingActivation: 'account_pending_activation',
  /** The stack set has not reached the account yet (D5). */
  stackInstancePending: 'stack_instance_pending',
  /** The stack set could not bring the role into the account (D5). */
  stackInstanceFailed: 'stack_instance_failed',
  /** AWS throttled every attempt to check; the next sync or recheck tries again. */
  throttled: 'throttled',
  /** AWS gave no usable answer to any attempt to check. */
  awsUnavailable: 'aws_unavailable',
} as const;
export type StatusCode = (typeof statusCodes)[keyof typeof statusCodes];

/** What a warning on a cloud is about (O10, O18, B5); the codes never change. */
export const warningCodes = {
  /** The role's own policies do not allow the action, or deny it. */
  missingPermission: 'missing_permission',
  /** The role's permissions boundary cuts the action off. */
  deniedByBoundary: 'denied_by_boundary',
  /** A service control policy denies the action; the warning names it and where it is attached. */
  deniedByScp: 'denied_by_scp',
  /** A service control policy may deny the action: it depends on conditions that the simulator cannot know. */
  deniedByScpUnverified: 'denied_by_scp_unverified',
  /** The role may not simulate its own policies, so nothing is known of its permissions. */
  permissionsUnknown: 'permissions_unknown',
  /** A tag's key belongs to the system, so it makes no badge. */
  reservedTagKey: 'reserved_tag_key',
} as const;
export type WarningCode = (typeof warningCodes)[keyof typeof warningCodes];

/** One code and one sentence for people. */
export interface StatusReason {
  code: StatusCode;
  message: string;
}

/**
 * How one check of one account's role ended. An account's failure is data: only `deferred` is asked again, and only
 * for a few rounds.
 */
export type CheckOutcome =
  | { kind: 'accepted'; warnings: readonly CloudWarning[] }
  | { kind: 'denied'; reason: StatusReason }
  /** Nothing was learnt: AWS throttled us or gave no answer. */
  | { kind: 'deferred'; reason: StatusReason }
  /** Not to be checked now: suspended, not yet activated, or its stack instance is not there yet. */
  | { kind: 'not_checked'; status: 'suspended' | 'pending'; reason: StatusReason };

/** What a cloud shows. */
export interface CloudStanding {
  status: CloudStatus;
  reason: StatusReason | null;
  warnings: CloudWarning[];
}

/**
 * What a check makes of a cloud. `before` is what the cloud showed so far, null for a new one: a check from which
 * nothing was learnt leaves a cloud as it was, unless that was known to be over.
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
