import { statusCodes, type StatusReason } from './check.ts';

/** The instance of a stack set in one account, in CloudFormation's terms. */
export interface StackInstance {
  /** StackInstanceStatus.DetailedStatus; null if AWS omits it. */
  detailedStatus: string | null;
  /** CURRENT, OUTDATED or INOPERABLE. */
  status: string | null;
  reason: string | null;
}

/**
 * The rollout of a member role, by its stack instance.
 * - `late`: the role will come.
 * - `failed`: the role will not come without a change in the account.
 * - `there`: the role was created. A refusal has another reason, or IAM has not propagated the role yet.
 */
export type Rollout = { stage: 'late' | 'failed'; reason: StatusReason } | { stage: 'there' };

/** The detailed status by the plain one, for instances whose detailed status AWS omits. */
const detailedBy: Readonly<Record<string, string>> = { CURRENT: 'SUCCEEDED', OUTDATED: 'PENDING', INOPERABLE: 'INOPERABLE' };

/**
 * Judges an account's instance of the stack set of member roles (D5); null for an account that has none yet.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackInstanceComprehensiveStatus.html
 */
export function judgeStackInstance(stackSetName: string, instance: StackInstance | null): Rollout {
  const detailed = instance === null ? 'PENDING' : (instance.detailedStatus ?? detailedBy[instance.status ?? ''] ?? 'PENDING');
  if (detailed === 'SUCCEEDED') return { stage: 'there' };
  if (detailed === 'PENDING' || detailed === 'RUNNING') {
    return {
      stage: 'late',
      reason: {
        code: statusCodes.stackInstancePending,
        message: `The stack set ${stackSetName} has not brought the role into this account yet. Muster checks again automatically.`,
      },
    };
  }
  const reason = instance?.reason ? `AWS says: ${instance.reason}` : 'AWS gives no reason.';
  return {
    stage: 'failed',
    reason: {
      code: statusCodes.stackInstanceFailed,
      message: `The stack set ${stackSetName} could not bring the role into this account (${detailed}). ${reason}`,
    },
  };
}
