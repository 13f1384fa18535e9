import { TypedSearchAttributes, WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@temporalio/common';
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { AwsDelegationState, DelegationPhase, DelegationScope } from '../../domain/delegation/states.ts';
import { delegationLimits, type DelegationLimits } from '../../domain/delegation/timeouts.ts';
import type { Activity } from './activity.ts';
import type { DescribedOrganization } from './credential-check.ts';
import { taskQueue } from './queues.ts';
import { searchAttributes } from './search-attributes.ts';

/** The registered name of the workflow. */
export const delegationOnboardingName = 'delegationOnboarding';

/** The workflow's id. requestIdOfWorkflow is its inverse. */
export function delegationWorkflowId(requestId: string): string {
  return `delegation/${requestId}`;
}

/** The request whose workflow has this id; null for the id of another kind of workflow. */
export function requestIdOfWorkflow(workflowId: string): string | null {
  return /^delegation\/([^/]+)$/.exec(workflowId)?.[1] ?? null;
}

/**
 * The RequestorWorkflowId of one attempt to create the request at AWS. AWS refuses an id that it has seen, and a create
 * call that timed out can be neither repeated nor looked up, so each attempt has an id of its own.
 */
export function requestorWorkflowId(requestId: string, attempt: number): string {
  return `muster-${requestId}-${attempt}`;
}

/** Reads the request and the attempt from a RequestorWorkflowId; null if the id is not Muster's. */
export function parseRequestorWorkflowId(text: string): { requestId: string; attempt: number } | null {
  const match = /^muster-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-([1-9]\d{0,5})$/.exec(text);
  return match ? { requestId: match[1]!, attempt: Number(match[2]) } : null;
}

/** The workflow's timeouts, in milliseconds. They are part of the input so that tests can shorten them. */
export interface DelegationTimings extends DelegationLimits {
  /** How long the run waits, after its deadline, for messages that are in the inbox but have not reached it. */
  delivery: number;
  /** How long the run retries transient AWS errors of the create call. */
  create: number;
  /** How long a new role may take to become assumable and to get its permissions (IAM is eventually consistent). */
  roleProof: number;
}

export const delegationTimings: DelegationTimings = {
  ...delegationLimits,
  delivery: 300_000,
  create: 20_000,
  roleProof: 180_000,
};

/** Names a run of a request. Activities refuse a run that no longer owns its request, with the failure `superseded` (S8). */
export interface RequestRun {
  requestId: string;
  /** The generation of the run, as its row counts them. Runs that are older than generations have none: they are the first. */
  generation?: number;
}

export interface DelegationOnboardingInput extends RequestRun {
  timings?: Partial<DelegationTimings>;
}

/** The end of a run. An expected end is a result, not a failed workflow. */
export interface DelegationOnboardingResult {
  phase: DelegationPhase;
  cloudId: string | null;
  /** Muster's id of the registered organization. Results of older runs have no such field. */
  organizationId?: string | null;
  failure: { code: string; message: string } | null;
}

/** The answer of the query `state`. */
export interface DelegationOnboardingState {
  requestId: string;
  phase: DelegationPhase;
  awsState: AwsDelegationState | null;
  /** The attempt whose request at AWS counts; 0 before the first. */
  attempt: number;
  /** The current step of the run, or its wait, in a sentence. */
  waitingFor: string;
  /** When the wait times out, ISO 8601. */
  until: string | null;
}

/** A StateChange notification, as the workflow receives it. */
export interface DelegationStateChanged {
  messageId: string;
  attempt: number;
  awsRequestId: string;
  state: AwsDelegationState;
  /** Absent if AWS did not name it. */
  ownerAccountId?: string;
  /** AWS's UpdatedAt, ISO 8601. */
  updatedAt: string;
}

/** An ExchangeToken notification. It refers to the token, which stays sealed in Muster's database. */
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

/** The answer of the update `opened`. Both are null if AWS's answer was lost and the request was answered nevertheless. */
export interface DelegationOpened {
  awsRequestId: string | null;
  consoleUrl: string | null;
}

export const delegationStateChanged = defineSignal<[DelegationStateChanged]>('delegationStateChanged');
export const exchangeTokenReceived = defineSignal<[ExchangeTokenReceived]>('exchangeTokenReceived');
/** Waits until the request is at AWS. Fails with `notOpenedFailure` if the request ends before. */
export const openedUpdate = defineUpdate<DelegationOpened>('opened');
/**
 * Cancels the request. Fails with `tooLateFailure` after the registration of the cloud or organization has started. `by`
 * names the person who cancels.
 */
export const cancelUpdate = defineUpdate<void, [{ by: string }]>('cancel');
/** Asks a run whether it still owns its request. A run that does not ends without a change (S8). */
export const checkOwnership = defineSignal('checkOwnership');
export const delegationStateQuery = defineQuery<DelegationOnboardingState>('state');

/** The type of the failure of `opened`. Its first detail is a FailureDetail. */
export const notOpenedFailure = 'NotOpened';
/** The type of the failure of a late `cancel`. Its first detail is the phase. */
export const tooLateFailure = 'TooLate';

/** The facts of a request that its workflow needs for decisions. */
export interface DelegationRequestFacts {
  id: string;
  nickname: string;
  scope: DelegationScope;
  accountId: string;
  roleName: string;
  sessionDurationSeconds: number;
  phase: DelegationPhase;
  /** The set of the roles' credentials, sealed; null after the request has ended without a cloud. */
  credentialSetId: string | null;
  /** The request that an earlier run created at AWS; null if there is none. Absent in older histories. */
  created?: CreatedBefore | null;
  /** The number of the latest attempt that an earlier run made; 0 if there was none. Absent in older histories. */
  lastAttempt?: number;
}

/** A request at AWS that an earlier run of the same request created. */
export interface CreatedBefore extends CreateDelegationRequestResult {
  attempt: number;
  /** When AWS created it, ISO 8601. */
  at: string;
}

export interface TimelineEntry {
  /** Identifies the event. An entry with a known key is not recorded again. */
  key: string;
  /** ISO 8601. */
  at: string;
  type: string;
  message: string;
  detail?: Record<string, unknown>;
}

/** Changes of a request's row. An absent field stays as it is. */
export interface DelegationRequestChange {
  phase?: DelegationPhase;
  awsState?: AwsDelegationState | null;
  awsRequestId?: string;
  consoleUrl?: string;
  expiresAt?: string | null;
  failure?: { code: string; message: string };
  stack?: { id?: string; name: string; status: string };
}

export interface RecordProgressInput extends RequestRun {
  /** The length of the run's history when it scheduled the write. Absent in older histories. */
  historyLength?: number;
  change?: DelegationRequestChange;
  timeline?: TimelineEntry[];
}

/** The reason why a request is not needed: the account is listed as a cloud, or its organization is registered. */
export type AccountConflict =
  | { code: 'account_exists'; cloudId: string }
  /** Muster's id and AWS's id. */
  | { code: 'organization_exists'; organizationId: string; awsOrganizationId: string };

export interface CreateDelegationRequestInput extends RequestRun {
  attempt: number;
}

export interface CreateDelegationRequestResult {
  awsRequestId: string;
  consoleUrl: string;
}

export interface TokenInput extends RequestRun {
  /** The inbox row that holds the sealed exchange token. */
  tokenReference: string;
}

/** The end of a deployment. A failed stack is a result; an ended session, or one without permission, fails the activity. */
export interface StackOutcome {
  stackId: string;
  stackName: string;
  status: string;
  succeeded: boolean;
  /** AWS's reason for the first failed event. */
  reason: string | null;
  /** True if the reason is a permission that the delegated session lacks. */
  denied: boolean;
}

/** A resource of Muster's in a customer's account: CloudFormation's type, and its name. */
export interface LeftInAccount {
  type: string;
  name: string;
}

export interface RemoveStackResult {
  /** True if nothing of the stack is left. */
  removed: boolean;
  /** The resources that stay in the customer's account, as last seen if Muster has no access any more. */
  leftInAccount: LeftInAccount[];
  reason: string | null;
}

/**
 * The organization as the delegated credentials show it before anything is deployed (D5). The onboarding continues only
 * with `ready`; the other outcomes end the request.
 */
export type OrganizationAccess =
  | { outcome: 'ready'; awsOrganizationId: string }
  /** The account is a member of an organization, or in none; then the management account is null. */
  | { outcome: 'not_management_account'; managementAccountId: string | null }
  /** The organization is registered already, under this id of Muster's. */
  | { outcome: 'organization_exists'; organizationId: string; awsOrganizationId: string }
  /** CloudFormation StackSets have no trusted access to the organization. */
  | { outcome: 'trusted_access_off'; awsOrganizationId: string };

/** The start of the deployment of the member roles. AWS continues the deployment long after the delegated session. */
export interface MemberRolesOutcome {
  stackSetName: string;
  /** CloudFormation's operation that creates the instances. */
  operationId: string;
  /** False if AWS refused the stack set or its instances; then `reason` is set. */
  started: boolean;
  reason: string | null;
  /** True if the reason is a permission that the delegated session lacks. */
  denied: boolean;
}

/** A run that ended because its request had ended, or is not in the database. */
export interface StrandedRun {
  requestId: string;
  /** Null if the run had not read its request. */
  request: Pick<DelegationRequestFacts, 'scope' | 'accountId' | 'roleName'> | null;
  reason: string;
}

/** The activities of an onboarding. */
export interface DelegationOnboardingActivities {
  /** Creates the request at AWS. A lost answer fails with OutcomeUnknown. */
  createDelegationRequest: Activity<'once', CreateDelegationRequestInput, CreateDelegationRequestResult>;
  /** Deploys the account stack, or an organization's management stack, with the delegated credentials and waits for its end. */
  deployAccountStack: Activity<'longRunning', TokenInput, StackOutcome>;
  /** Deletes that stack with the delegated credentials. */
  removeAccountStack: Activity<'longRunning', TokenInput, RemoveStackResult>;
  /** Checks with the delegated credentials whether an organization can be onboarded from this account (D5). */
  checkOrganizationAccess: Activity<'poll', TokenInput, OrganizationAccess>;
  /**
   * Creates the stack set of the member roles with the delegated credentials, and starts its instances in all accounts in
   * parallel, tolerating failures. Returns once AWS works on them.
   */
  deployMemberRoles: Activity<'longRunning', TokenInput, MemberRolesOutcome>;
  /** Deletes that stack set and its instances with the delegated credentials. */
  removeMemberRoles: Activity<'longRunning', TokenInput, RemoveStackResult>;
  /** Proves that each role in the request's account accepts Muster with its external id. Fails with NotReady until all do. */
  proveRole: Activity<'proof', RequestRun, void>;
  /** Tests whether each of these roles refuses Muster without its external id (D12). */
  proveRefusal: Activity<'proof', RequestRun, { refused: boolean }>;

  /** Loads the facts of the request. */
  loadDelegationRequest: Activity<'registry', RequestRun, DelegationRequestFacts>;
  /** Finds the cloud or organization that makes the request unnecessary (D13); null if there is none. */
  findAccountConflict: Activity<'registry', RequestRun, AccountConflict | null>;
  /** Writes changes of the request's row, and timeline entries. */
  recordProgress: Activity<'registry', RecordProgressInput, void>;
  /** True if the inbox holds a message about the request that its run has not received. */
  hasUndeliveredMessages: Activity<'registry', RequestRun, boolean>;
  /** Lists the account as a cloud, completes the request and erases its tokens, in one transaction. */
  registerCloud: Activity<'registry', RequestRun, { cloudId: string }>;
  /**
   * Registers the organization after a credentialCheck has accepted its credentials, queues its first sync, completes the
   * request and erases its tokens, in one transaction (D5). A repeated call returns the same organization.
   */
  registerOrganization: Activity<
    'registry',
    RequestRun & { organization: DescribedOrganization },
    { organizationId: string; awsOrganizationId: string }
  >;
  /** Ends a request without a cloud: frees its nickname and erases its external id and tokens, in one transaction. */
  closeRequest: Activity<'registry', RecordProgressInput, void>;
  /** Fails with Superseded unless the run owns its request and the request is still open. */
  requireOwnership: Activity<'registry', RequestRun, void>;
  /** Audits the end of a run whose request has ended or is not in the database, and names everything that it may have deployed. */
  recordStrandedRun: Activity<'registry', StrandedRun, void>;
}

/** The fields of a request with which its run starts. */
export interface StartableRequest extends Pick<DelegationRequestFacts, 'id' | 'nickname' | 'scope' | 'accountId' | 'roleName'> {
  generation: number;
}

/**
 * The options with which the API and the reconciler start an onboarding. A request has one run: a second start joins it,
 * and Temporal refuses a start after its end.
 */
export function delegationOnboardingStart(request: StartableRequest, timings?: DelegationOnboardingInput['timings']) {
  const subject = request.scope === 'account' ? 'account' : 'the organization of account';
  const { id: requestId, generation } = request;
  const input: DelegationOnboardingInput = { requestId, generation, ...(timings ? { timings } : {}) };
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

/** The options with which the reconciler starts a new run for a request whose run is lost. A run that is left is terminated. */
export function delegationOnboardingRestart(request: StartableRequest, timings?: DelegationOnboardingInput['timings']) {
  return {
    ...delegationOnboardingStart(request, timings),
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.TERMINATE_EXISTING,
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
  };
}
