import type { CloudStatus, CloudWarning } from '../../domain/clouds/status.ts';
import type { AwsDelegationState, DelegationPhase, DelegationScope } from '../../domain/delegation/states.ts';
import type { DescribedOrganization } from './credential-check.ts';

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

export interface CloudCheckResult {
  status: CloudStatus;
  reason: { code: string; message: string } | null;
  /** Gaps in what the role may do; absent in what older runs recorded. */
  warnings?: CloudWarning[];
  /** The credential set that was tried; absent in what older runs recorded. */
  credentialSetId?: string;
}

/** What touches AWS. */
export interface AwsActivities {
  createDelegationRequest(input: CreateDelegationRequestInput): Promise<CreateDelegationRequestResult>;
  /** Deploys the account stack, or an organization's management stack, with the delegated credentials and follows it to its end. */
  deployAccountStack(input: TokenInput): Promise<StackOutcome>;
  /** Deletes that stack with the delegated credentials. */
  removeAccountStack(input: TokenInput): Promise<RemoveStackResult>;
  /** Asks, with the delegated credentials, whether an organization can be onboarded from this account (D5). */
  checkOrganizationAccess(input: TokenInput): Promise<OrganizationAccess>;
  /**
   * Creates the stack set of the member roles with the delegated credentials and starts its instances everywhere, side by
   * side and past failures. Returns once AWS works on it.
   */
  deployMemberRoles(input: TokenInput): Promise<MemberRolesOutcome>;
  /** Deletes that stack set and its instances with the delegated credentials. */
  removeMemberRoles(input: TokenInput): Promise<RemoveStackResult>;
  /** Proves that each role of the request in its account accepts us with its external id; NotReady until all do. */
  proveRole(input: { requestId: string }): Promise<void>;
  /** Proves that each of them refuses us without its external id (D12). */
  proveRefusal(input: { requestId: string }): Promise<{ refused: boolean }>;
  /** Checks a cloud's role by its own credentials or its organization's, and says what status that gives it. */
  checkCloudRole(input: { cloudId: string }): Promise<CloudCheckResult | null>;
}

/** What touches our database only. Each can run twice. */
export interface RegistryActivities {
  loadDelegationRequest(input: { requestId: string }): Promise<DelegationRequestFacts>;
  findAccountConflict(input: { requestId: string }): Promise<AccountConflict | null>;
  recordProgress(input: RecordProgressInput): Promise<void>;
  /** Whether AWS told something of a request that its run has not been told yet. */
  hasUndeliveredMessages(input: { requestId: string }): Promise<boolean>;
  /** Lists the account as a cloud, completes the request and erases its tokens, in one transaction. */
  registerCloud(input: { requestId: string }): Promise<{ cloudId: string }>;
  /**
   * Registers the organization of a request whose credentials a credentialCheck accepted, asks for its first sync,
   * completes the request and erases its tokens, in one transaction (D5). Running again answers what is there.
   */
  registerOrganization(input: {
    requestId: string;
    organization: DescribedOrganization;
  }): Promise<{ organizationId: string; awsOrganizationId: string }>;
  /** Ends a request without a cloud: frees its nickname, erases its external id and tokens, in one transaction. */
  closeRequest(input: RecordProgressInput): Promise<void>;
  recordCloudCheck(input: { cloudId: string; result: CloudCheckResult; at: string }): Promise<void>;
}

export type Activities = AwsActivities & RegistryActivities;
