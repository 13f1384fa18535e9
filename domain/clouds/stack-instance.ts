import { statusCodes, type StatusReason } from './check.ts';

/** How far a stack set is in one account, by CloudFormation's words. */
export interface StackInstance {
  /** StackInstanceStatus.DetailedStatus; null where AWS leaves it out. */
  detailedStatus: string | null;
  /** CURRENT, OUTDATED or INOPERABLE. */
  status: string | null;
  reason: string | null;
}

/**
 * What a stack instance says of the role that it brings. `late`: it is on its way. `failed`: it will not come by itself.
 * `there`: it was made, so that a refusal has another reason, or IAM has not told everybody yet.
 */
export type Rollout = { stage: 'late' | 'failed'; reason: StatusReason } | { stage: 'there' };

/** Where AWS leaves the detailed status out, the other says as much as is needed. */
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
  const said = instance?.reason ? `AWS says: ${instance.reason}` : 'AWS gives no reason.';
  return {
    stage: 'failed',
    reason: {
      code: statusCodes.stackInstanceFailed,
      message: `The stack set ${stackSetName} could not bring the role into this account (${detailed}). ${said}`,
    },
  };
}
