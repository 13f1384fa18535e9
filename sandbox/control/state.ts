/** The settings of the control routes under /_sandbox. Durations are milliseconds. */
import { defineState } from '../core/state.ts';

export type FaultKind = 'throttle' | 'error' | 'drop' | 'delay' | 'access_denied' | 'region_disabled';

/** A fault on request; it strikes the calls that match every filter given. */
export interface Fault {
  service?: string;
  operation?: string;
  /** The caller's account, or an account that the call's input names (an ARN's account, OwnerAccountId). */
  accountId?: string;
  kind: FaultKind;
  /** Probability from 0 to 1 that a matching call is struck. */
  rate: number;
  /** Remaining strikes; absent for unlimited. */
  times?: number;
  /** For `delay`: how long. */
  ms: number;
}

/** How SNS treats what it delivers; sandbox/sns reads it. */
export interface NotificationSettings {
  /** Extra copies of each message. */
  duplicate?: number;
  reorder?: boolean;
  hold?: boolean;
  /** true drops every message, a number drops that many of the next ones. */
  drop?: boolean | number;
}

export interface ControlState {
  /** Milliseconds that PUT /_sandbox/clock has added to the delegation clock. */
  clockOffsetMs: number;
  faults: Fault[];
  limits: {
    /** aws: AWS's published token buckets are enforced. */
    mode: 'aws' | 'off';
    /** Added to every call over the wire. */
    latencyMs: number;
    /** Delay until STS and the policy evaluator see an IAM change. */
    iamPropagationMs: number;
    /** Pause between two steps of a CloudFormation stack. */
    stackStepMs: number;
    /** Rate of SimulatePrincipalPolicy per account, which AWS does not publish; absent for a careful guess. */
    simulationsPerSecond?: number;
  };
  notifications: NotificationSettings;
}

/** Settings that outlive a reset, because they come from how the sandbox was started. */
export interface Pace {
  iamPropagationMs: number;
  stackStepMs: number;
}

export const controlState = defineState('control', (): ControlState => ({
  clockOffsetMs: 0,
  faults: [],
  limits: { mode: 'aws', latencyMs: 0, iamPropagationMs: 0, stackStepMs: 0 },
  notifications: {},
}));
