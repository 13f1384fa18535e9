import type { PolicyDocument } from '../policy/document.ts';

/**
 * The caller of an operation. Permissions are looked up when they are needed, not copied here: a role session loses a right
 * the moment the role does.
 */
export interface Caller {
  /** 12 digits. */
  accountId: string;
  /** The ARN that GetCallerIdentity returns: a root, user or assumed-role ARN. */
  arn: string;
  userId: string;
  /** The user or role whose policies count; for an administrator the account's root ARN. */
  principalArn: string;
  /**
   * administrator: an access key id of 12 digits, may do everything in its account.
   * role-session: got by AssumeRole (counts as role chaining when it assumes another role).
   * instance-role: got from the metadata service (does not count as chaining).
   * delegated: got by GetDelegatedAccessToken; principalArn is the approver.
   * service: an AWS service by an administrator role that it made for itself in the account, such as StackSets'
   * stacksets-exec; IAM does not show it here. SCPs hold for it.
   */
  kind: 'administrator' | 'user' | 'role-session' | 'instance-role' | 'delegated' | 'service';
  /** Each must allow, beside the principal's own policies: AssumeRole's session policy, a delegation's rendered template. */
  sessionPolicies: PolicyDocument[];
  /** Epoch milliseconds; for delegated callers on the world's clock, for all others on the real one. Absent for long-lived keys. */
  expiresAt?: number;
  /** For delegated callers: the partner's account, as CloudTrail's userIdentity.invokedByDelegate.accountId. */
  invokedByDelegate?: string;
  /** For delegated callers: the delegation request that the session came from. */
  delegationRequestId?: string;
}
