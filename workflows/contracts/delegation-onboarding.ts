import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { AwsDelegationState, DelegationPhase } from '../../domain/delegation/states.ts';

/** The registered name of the workflow. */
export const delegationOnboardingName = 'delegationOnboarding';

/** The workflow's id; the inverse of requestIdOfWorkflow. */
export function delegationWorkflowId(requestId: string): string {
  return `delegation/${requestId}`;
}

/** The request whose workflow has this id; null when it is another kind of workflow. */
export function requestIdOfWorkflow(workflowId: string): string | null {
  return /^delegation\/(.+)$/.exec(workflowId)?.[1] ?? null;
}

/**
 * The RequestorWorkflowId that one attempt to create the AWS request goes by. AWS refuses an id that it has seen, and
 * a create call that timed out can neither be repeated nor looked up, so every attempt has an id of its own.
 */
export function requestorWorkflowId(requestId: string, attempt: number): string {
  return `muster-${requestId}-${attempt}`;
}

/** Reads the request and attempt out of a RequestorWorkflowId; null when it is not one of ours. */
export function parseRequestorWorkflowId(text: string): { requestId: string; attempt: number } | null {
  const match = /^muster-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-([1-9]\d{0,5})$/.exec(text);
  return match ? { requestId: match[1]!, attempt: Number(match[2]) } : null;
}

/** How long the workflow waits, in milliseconds. Part of the input so that tests can shorten them. */
export interface DelegationTimings {
  /** AWS's limit for a request that nobody claimed. */
  unassigned: number;
  /** AWS's limit for each later waiting state. */
  waiting: number;
  /** What we wait beyond AWS's limits for its own EXPIRED to arrive (D7). */
  grace: number;
  /** How long a run waits, when the time is over by its own clock, for messages that came in time and wait in our inbox. */
  delivery: number;
  /** How long transient AWS errors are retried before the create call is given up. */
  create: number;
  /** How long a new role may take to become assumable, and to be allowed what it is (IAM is eventually consistent). */
  roleProof: number;
}

export const delegationTimings: DelegationTimings = {
  unassigned: 24 * 3_600_000,
  waiting: 7 * 24 * 3_600_000,
  grace: 3_600_000,
  delivery: 300_000,
  create: 20_000,
  roleProof: 180_000,
};

export interface DelegationOnboardingInput {
  requestId: string;
  timings?: Partial<DelegationTimings>;
}

/** How a run ended. Expected endings are results, not failed workflows. */
export interface DelegationOnboardingResult {
  phase: DelegationPhase;
  cloudId: string | null;
  /** Our own id of what a request for an organization became; absent in what older runs answered. */
  organizationId?: string | null;
  failure: { code: string; message: string } | null;
}

/** What the query `state` answers. */
export interface DelegationOnboardingState {
  requestId: string;
  phase: DelegationPhase;
  awsState: AwsDelegationState | null;
  /** The attempt whose AWS request counts; 0 before the first. */
  attempt: number;
  /** What the run waits for, in a sentence. */
  waitingFor: string;
  /** ISO 8601; when the wait ends by itself. */
  until: string | null;
}

/** A StateChange notification, as it reaches the workflow. */
export interface DelegationStateChanged {
  messageId: string;
  attempt: number;
  awsRequestId: string;
  state: AwsDelegationState;
  /** Absent where AWS did not say. */
  ownerAccountId?: string;
  /** AWS's UpdatedAt, ISO 8601. */
  updatedAt: string;
}

/** An ExchangeToken notification. The token itself stays sealed in our database; this refers to it. */
export interface ExchangeTokenReceived {
  messageId: string;
  attempt: number;
  awsRequestId: string;
  /** The inbox row that holds the sealed token. */
  tokenReference: string;
  ownerAccountId?: string;
  updatedAt: string;
  /** When delegated access ends, ISO 8601. */
  expiresAt: string;
}

/** What the update `opened` answers once AWS has the request; nulls where AWS's answer was lost and the request got its reply all the same. */
export interface DelegationOpened {
  awsRequestId: string | null;
  consoleUrl: string | null;
}

export const delegationStateChanged = defineSignal<[DelegationStateChanged]>('delegationStateChanged');
export const exchangeTokenReceived = defineSignal<[ExchangeTokenReceived]>('exchangeTokenReceived');
/** Waits until AWS has the request. Fails with the reason when it could not be created. */
export const openedUpdate = defineUpdate<DelegationOpened>('opened');
/** Cancels the request; refused once the registration of the cloud or organization began. The reason tells who asked. */
export const cancelUpdate = defineUpdate<void, [{ by: string }]>('cancel');
export const delegationStateQuery = defineQuery<DelegationOnboardingState>('state');

/** The failure type with which `opened` is refused by AWS or by us; its first detail is a FailureDetail. */
export const notOpenedFailure = 'NotOpened';
/** The failure type with which `cancel` is refused because it is too late; its first detail is the phase. */
export const tooLateFailure = 'TooLate';
