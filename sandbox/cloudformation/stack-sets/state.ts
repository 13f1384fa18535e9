import type { StackSource } from '../stack.ts';

/** The API's StackInstanceStatus. */
export type InstanceStatus = 'CURRENT' | 'OUTDATED' | 'INOPERABLE';

/** The API's StackInstanceDetailedStatus, as far as the sandbox reaches it. */
export type DetailedStatus = 'PENDING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED' | 'INOPERABLE' | 'SKIPPED_SUSPENDED_ACCOUNT';

/** A stack of a stack set, in one account and Region. */
export interface StackInstance {
  account: string;
  region: string;
  /** The root or OU of the deployment targets that the account was found in. */
  unitId?: string;
  stackId?: string;
  /** Values that replace the stack set's own here. */
  overrides: { key: string; value: string }[];
  status: InstanceStatus;
  detailed: DetailedStatus;
  reason?: string;
  lastOperationId?: string;
}

/** The API's StackSetOperationPreferences; what is absent has AWS's default. */
export interface Preferences {
  RegionConcurrencyType?: 'SEQUENTIAL' | 'PARALLEL';
  RegionOrder?: string[];
  FailureToleranceCount?: number;
  FailureTolerancePercentage?: number;
  MaxConcurrentCount?: number;
  MaxConcurrentPercentage?: number;
  ConcurrencyMode?: 'STRICT_FAILURE_TOLERANCE' | 'SOFT_FAILURE_TOLERANCE';
}

/** The result of an operation in one account and Region. */
export interface OperationResult {
  account: string;
  region: string;
  unitId?: string;
  status: 'PENDING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';
  reason?: string;
}

export interface StackSetOperation {
  id: string;
  action: 'CREATE' | 'UPDATE' | 'DELETE';
  status: 'QUEUED' | 'RUNNING' | 'STOPPING' | 'STOPPED' | 'SUCCEEDED' | 'FAILED';
  preferences: Preferences;
  /** DELETE only: the stacks stay. */
  retainStacks: boolean;
  /** The call's input. It distinguishes a repeated call from another call with the same operation id. */
  request: string;
  /** As given, for the answer. */
  deploymentTargets?: Record<string, unknown>;
  createdAt: number;
  endedAt?: number;
  /** By instance key. Suspended accounts are skipped and have none. */
  results: Map<string, OperationResult>;
}

/** Where accounts that arrive later get the stack, too: with the stack set's own parameters, never with overrides (stackinstances-override.html). */
export interface AutoTarget {
  unitId: string;
  regions: string[];
  /** Accounts that AccountFilterType DIFFERENCE left out. */
  except: string[];
}

/** A stack set. Times are epoch milliseconds on the world's clock. */
export interface StackSet {
  /** name:uuid */
  id: string;
  name: string;
  /** The administrator account; for service-managed ones always the management account. */
  accountId: string;
  region: string;
  status: 'ACTIVE' | 'DELETED';
  description?: string;
  permissionModel: 'SELF_MANAGED' | 'SERVICE_MANAGED';
  autoDeployment?: { enabled: boolean; retainStacksOnAccountRemoval: boolean };
  managedExecution: boolean;
  source: StackSource;
  capabilities: string[];
  administrationRoleArn?: string;
  executionRoleName?: string;
  clientRequestToken?: string;
  autoTargets: AutoTarget[];
  /** By account and Region. */
  instances: Map<string, StackInstance>;
  /** Oldest first. */
  operations: Map<string, StackSetOperation>;
}

export function keyOf({ account, region }: { account: string; region: string }): string {
  return `${account}/${region}`;
}
