/**
 * The seams of the sandbox: what a service module gives the server, and what the server gives an operation.
 * Service folders (iam/, sts/, cloudformation/, …) depend on this file and on the World only, never on each other's
 * internals: one service reaches another through `Call.invoke`, with a caller's rights, as AWS's own services do.
 */
import type { World } from './world.ts';

export type ServiceName =
  | 'sts'
  | 'iam'
  | 'cloudformation'
  | 'sns'
  | 'sqs'
  | 'organizations'
  | 'tagging'
  /** Resource types the sandbox has no API for, such as EC2 behind an instance profile. */
  | 'ec2';

/** An IAM policy document as parsed JSON; see IAM's JSON policy grammar. */
export interface PolicyDocument {
  Version?: string;
  Id?: string;
  Statement: PolicyStatement | PolicyStatement[];
}

export interface PolicyStatement {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  Principal?: '*' | Record<string, string | string[]>;
  NotPrincipal?: '*' | Record<string, string | string[]>;
  Action?: string | string[];
  NotAction?: string | string[];
  Resource?: string | string[];
  NotResource?: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

/**
 * Who makes a call. Permissions are looked up when they are needed, not copied here: a role session loses a right
 * the moment the role does.
 */
export interface Caller {
  /** 12 digits. */
  accountId: string;
  /** What GetCallerIdentity answers: a root, user or assumed-role ARN. */
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

/** What one API call sees. */
export interface Call {
  world: World;
  caller: Caller;
  service: ServiceName;
  operation: string;
  region: string;
  requestId: string;
  /** Aborts when the caller goes away before the answer; long polls end then. Absent for calls between services. */
  signal?: AbortSignal;
  /**
   * Throws AccessDenied (with AWS's sentence: "User: … is not authorized to perform: … on resource: … because no
   * identity-based policy allows …") unless the caller may do `action` on `resource`.
   * `context` adds condition keys, e.g. { 'iam:PermissionsBoundary': arn }.
   */
  authorize(action: string, resource: string, context?: Record<string, string | string[]>): void;
  /** Calls another operation in-process with `caller`'s rights (default: this call's caller). Throws AwsError as the wire would. */
  invoke<T = Record<string, unknown>>(service: ServiceName, operation: string, input: Record<string, unknown>, caller?: Caller): Promise<T>;
}

/** One API operation. Input is the wire's structure: query parameters nested, or the JSON body; strings stay strings under the query protocol. */
export type Operation = (input: Record<string, unknown>, call: Call) => unknown;

/** How a service speaks. query: form in, XML out. json: X-Amz-Target in, JSON out (AWS JSON 1.0 or 1.1). */
export interface ServiceModule {
  service: ServiceName;
  protocol: 'query' | 'json';
  /** Query: the API version, e.g. 2010-05-08, by which the server tells services apart. JSON: the target prefix, e.g. AmazonSQS. */
  version: string;
  /** The XML namespace of query answers. */
  namespace?: string;
  operations: Record<string, Operation>;
  /** Begins background work (timers, deliveries) once a world is there, also after it was loaded from disk; returns a stop function. */
  start?(world: World): () => void;
}

/** An error as AWS's wire gives it. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  /** 'Sender' for 4xx, 'Receiver' for 5xx. */
  get fault(): 'Sender' | 'Receiver' {
    return this.status < 500 ? 'Sender' : 'Receiver';
  }
  /** Further members of the error's structure, e.g. Reason. JSON services only. */
  readonly members: Record<string, string>;
  constructor(code: string, message: string, status = 400, members: Record<string, string> = {}) {
    super(message);
    this.members = members;
    this.name = 'AwsError';
    this.code = code;
    this.status = status;
  }
}
