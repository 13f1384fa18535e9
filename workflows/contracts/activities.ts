import type { CloudStatus, CloudWarning } from '../../domain/clouds/status.ts';
import type { AwsDelegationState, DelegationPhase, DelegationScope } from '../../domain/delegation/states.ts';

/** The facts of a request that a workflow decides by. */
export interface DelegationRequestFacts {
  id: string;
  nickname: string;
  scope: DelegationScope;
  accountId: string;
  roleName: string;
  sessionDurationSeconds: number;
  phase: DelegationPhase;
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

/** The account that a request asks for is taken. */
export interface AccountConflict {
  code: 'account_exists';
  cloudId: string;
}

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

export interface CloudCheckResult {
  status: CloudStatus;
  reason: { code: string; message: string } | null;
  /** Gaps in what the role may do; absent in what older runs recorded. */
  warnings?: CloudWarning[];
}

/** What touches AWS. */
export interface AwsActivities {
  createDelegationRequest(input: CreateDelegationRequestInput): Promise<CreateDelegationRequestResult>;
  /** Deploys the account stack with the delegated credentials and follows it to its end. */
  deployAccountStack(input: TokenInput): Promise<StackOutcome>;
  /** Deletes the account stack with the delegated credentials. */
  removeAccountStack(input: TokenInput): Promise<RemoveStackResult>;
  /** Proves that the role accepts us with its external id; NotReady until it does. */
  proveRole(input: { requestId: string }): Promise<void>;
  /** Proves that the role refuses us without its external id (D12). */
  proveRefusal(input: { requestId: string }): Promise<{ refused: boolean }>;
  /** Checks a cloud's role by its own credentials or its organization's, and says what status that gives it. */
  checkCloudRole(input: { cloudId: string }): Promise<CloudCheckResult | null>;
}

/** What touches our database only. Each can run twice. */
export interface RegistryActivities {
  loadDelegationRequest(input: { requestId: string }): Promise<DelegationRequestFacts>;
  findAccountConflict(input: { requestId: string }): Promise<AccountConflict | null>;
  recordProgress(input: RecordProgressInput): Promise<void>;
  /** Lists the account as a cloud, completes the request and erases its tokens, in one transaction. */
  registerCloud(input: { requestId: string }): Promise<{ cloudId: string }>;
  /** Ends a request without a cloud: frees its nickname, erases its external id and tokens, in one transaction. */
  closeRequest(input: RecordProgressInput): Promise<void>;
  recordCloudCheck(input: { cloudId: string; result: CloudCheckResult; at: string }): Promise<void>;
}

export type Activities = AwsActivities & RegistryActivities;
