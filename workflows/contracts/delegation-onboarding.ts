import { TypedSearchAttributes, WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@temporalio/common';
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { AwsDelegationState, DelegationPhase, DelegationScope } from '../../domain/delegation/states.ts';
import type { Activity } from './activity.ts';
import type { DescribedOrganization } from './credential-check.ts';
import { taskQueue } from './queues.ts';
import { searchAttributes } from './search-attributes.ts';

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

/** The facts of a request that a workflow decides by. */
export interface DelegationRequestFacts {
  id: string;
  nickname: string;
  scope: DelegationScope;
  accountId: string;
  roleName: string;
  sessionDurationSeconds: number;
  phase: DelegationPhase;
  /** Both roles' credentials, sealed; null once the request ended without a cloud. */
  credentialSetId: string | null;
}

export interface TimelineEntry {
  /** Which happening this is; recorded once, however often it is written. */
  key: string;
  /** ISO 8601. */
  at: string;
  type: string;
  message: string;
  detail?: Record<string, unknown>;
}

/** Changes of a request's row; what is left out stays. */
export interface DelegationRequestChange {
  phase?: DelegationPhase;
  awsState?: AwsDelegationState | null;
  awsRequestId?: string;
  consoleUrl?: string;
  expiresAt?: string | null;
  failure?: { code: string; message: string };
  stack?: { id?: string; name: string; status: string };
}

export interface RecordProgressInput {
  requestId: string;
  change?: DelegationRequestChange;
  timeline?: TimelineEntry[];
}

/** What a request asks for stands already: the account's cloud, or the organization that the account is in. */
export type AccountConflict =
  | { code: 'account_exists'; cloudId: string }
  /** By our own id, and by AWS's. */
  | { code: 'organization_exists'; organizationId: string; awsOrganizationId: string };

export interface CreateDelegationRequestInput {
  requestId: string;
  attempt: number;
}

export interface CreateDelegationRequestResult {
  awsRequestId: string;
  consoleUrl: string;
}

export interface TokenInput {
  requestId: string;
  /** The inbox row that holds the sealed exchange token. */
  tokenReference: string;
}

/** How a deployment ended. A stack that failed is data; a session that ended or lacks rights is a failure. */
export interface StackOutcome {
  stackId: string;
  stackName: string;
  status: string;
  succeeded: boolean;
  /** AWS's reason of the first failed event. */
  reason: string | null;
  /** True when that reason is a right that the delegated session lacks. */
  denied: boolean;
}

/** Something of ours in a customer's account, by CloudFormation's type and by name. */
export interface LeftInAccount {
  type: string;
  name: string;
}

export interface RemoveStackResult {
  /** True when nothing of our stack is there any more. */
  removed: boolean;
  /** What stays in the customer's account; what was last seen there when nobody may look any more. */
  leftInAccount: LeftInAccount[];
  reason: string | null;
}

/**
 * What the delegated credentials say about an organization before anything is deployed (D5). Only `ready` goes on;
 * everything else is data for the request's ending.
 */
export type OrganizationAccess =
  | { outcome: 'ready'; awsOrganizationId: string }
  /** The account is a member, or in no organization: then the management account is null. */
  | { outcome: 'not_management_account'; managementAccountId: string | null }
  /** The organization is registered already, by our own id. */
  | { outcome: 'organization_exists'; organizationId: string; awsOrganizationId: string }
  /** CloudFormation StackSets may not work in the organization's accounts. */
  | { outcome: 'trusted_access_off'; awsOrganizationId: string };

/** How the deployment of the member roles began. It goes on at AWS by itself, for long after the delegated session. */
export interface MemberRolesOutcome {
  stackSetName: string;
  /** CloudFormation's operation that creates the instances. */
  operationId: string;
  /** False when AWS refused the stack set or its instances; then `reason` says why. */
  started: boolean;
  reason: string | null;
  /** True when that reason is a right that the delegated session lacks. */
  denied: boolean;
}

/** The activities of an onboarding. */
export interface DelegationOnboardingActivities {
  createDelegationRequest: Activity<'once', CreateDelegationRequestInput, CreateDelegationRequestResult>;
  /** Deploys the account stack, or an organization's management stack, with the delegated credentials and follows it to its end. */
  deployAccountStack: Activity<'longRunning', TokenInput, StackOutcome>;
  /** Deletes that stack with the delegated credentials. */
  removeAccountStack: Activity<'longRunning', TokenInput, RemoveStackResult>;
  /** Asks, with the delegated credentials, whether an organization can be onboarded from this account (D5). */
  checkOrganizationAccess: Activity<'poll', TokenInput, OrganizationAccess>;
  /**
   * Creates the stack set of the member roles with the delegated credentials and starts its instances everywhere, side by
   * side and past failures. Returns once AWS works on it.
   */
  deployMemberRoles: Activity<'longRunning', TokenInput, MemberRolesOutcome>;
  /** Deletes that stack set and its instances with the delegated credentials. */
  removeMemberRoles: Activity<'longRunning', TokenInput, RemoveStackResult>;
  /** Proves that each role of the request in its account accepts us with its external id; NotReady until all do. */
  proveRole: Activity<'poll', { requestId: string }, void>;
  /** Proves that each of them refuses us without its external id (D12). */
  proveRefusal: Activity<'poll', { requestId: string }, { refused: boolean }>;

  loadDelegationRequest: Activity<'registry', { requestId: string }, DelegationRequestFacts>;
  findAccountConflict: Activity<'registry', { requestId: string }, AccountConflict | null>;
  recordProgress: Activity<'registry', RecordProgressInput, void>;
  /** Whether AWS told something of a request that its run has not been told yet. */
  hasUndeliveredMessages: Activity<'registry', { requestId: string }, boolean>;
  /** Lists the account as a cloud, completes the request and erases its tokens, in one transaction. */
  registerCloud: Activity<'registry', { requestId: string }, { cloudId: string }>;
  /**
   * Registers the organization of a request whose credentials a credentialCheck accepted, asks for its first sync,
   * completes the request and erases its tokens, in one transaction (D5). Running again answers what is there.
   */
  registerOrganization: Activity<
    'registry',
    { requestId: string; organization: DescribedOrganization },
    { organizationId: string; awsOrganizationId: string }
  >;
  /** Ends a request without a cloud: frees its nickname, erases its external id and tokens, in one transaction. */
  closeRequest: Activity<'registry', RecordProgressInput, void>;
}

/**
 * How a delegationOnboarding run is started, whoever starts it: once a request, for good. A second start joins the
 * run; a start after the end is refused.
 */
export function delegationOnboardingStart(
  request: { id: string; nickname: string; scope: DelegationScope; accountId: string; roleName: string },
  timings?: DelegationOnboardingInput['timings'],
) {
  const subject = request.scope === 'account' ? 'account' : 'the organization of account';
  const input: DelegationOnboardingInput = { requestId: request.id, ...(timings ? { timings } : {}) };
  return {
    workflowType: delegationOnboardingName,
    workflowId: delegationWorkflowId(request.id),
    taskQueue,
    args: [input] as [DelegationOnboardingInput],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
    typedSearchAttributes: new TypedSearchAttributes([
      { key: searchAttributes.accountId, value: request.accountId },
      { key: searchAttributes.nickname, value: request.nickname },
      { key: searchAttributes.phase, value: 'requested' },
    ]),
    staticSummary: `Onboard ${subject} ${request.accountId} as "${request.nickname}"`,
    staticDetails: `Delegation request ${request.id}: role ${request.roleName} in account ${request.accountId}`,
  };
}
