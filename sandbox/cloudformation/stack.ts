/** A stack as CloudFormation remembers it. */
import type { Caller } from '../core/caller.ts';

/** AWS's StackStatus, as far as the sandbox's operations reach it. */
export type StackStatus =
  | 'REVIEW_IN_PROGRESS'
  | 'CREATE_IN_PROGRESS'
  | 'CREATE_FAILED'
  | 'CREATE_COMPLETE'
  | 'ROLLBACK_IN_PROGRESS'
  | 'ROLLBACK_FAILED'
  | 'ROLLBACK_COMPLETE'
  | 'DELETE_IN_PROGRESS'
  | 'DELETE_FAILED'
  | 'DELETE_COMPLETE'
  | 'UPDATE_IN_PROGRESS'
  | 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'
  | 'UPDATE_COMPLETE'
  | 'UPDATE_ROLLBACK_IN_PROGRESS'
  | 'UPDATE_ROLLBACK_FAILED'
  | 'UPDATE_ROLLBACK_COMPLETE';

/** AWS's ResourceStatus, as far as the sandbox's operations reach it. */
export type ResourceStatus =
  | 'CREATE_IN_PROGRESS'
  | 'CREATE_FAILED'
  | 'CREATE_COMPLETE'
  | 'DELETE_IN_PROGRESS'
  | 'DELETE_FAILED'
  | 'DELETE_COMPLETE'
  | 'DELETE_SKIPPED'
  | 'UPDATE_IN_PROGRESS'
  | 'UPDATE_FAILED'
  | 'UPDATE_COMPLETE';

/** One resource of a stack. */
export interface StackResource {
  logicalId: string;
  type: string;
  status: ResourceStatus;
  statusReason?: string;
  /** Epoch milliseconds of the last status. */
  changedAt: number;
  /** The value of Ref; absent until the resource exists. */
  physicalId?: string;
  /** The values of Fn::GetAtt. */
  attributes: Record<string, string>;
  /** The evaluated properties that it was made of. */
  properties: Record<string, unknown>;
  /** Handler steps that are done, so that a restart continues where it stopped. */
  steps: string[];
}

/** One line of a stack's history; timestamps are epoch milliseconds. */
export interface StackEvent {
  id: string;
  logicalId: string;
  physicalId: string;
  type: string;
  status: StackStatus | ResourceStatus;
  reason?: string;
  properties?: string;
  token?: string;
  /** The operation that it belongs to; data of an earlier release has none. */
  operation?: { id: string; type: OperationType };
  /** A finding of the validation before deployment; DescribeEvents shows it, DescribeStackEvents does not. */
  validation?: { name: string; path: string };
  at: number;
}

/** AWS's OperationType, as far as the sandbox's operations reach it. */
export type OperationType = 'CREATE_STACK' | 'UPDATE_STACK' | 'DELETE_STACK' | 'CREATE_CHANGESET';

/** A parameter value as given, unmasked. */
export interface StackParameter {
  key: string;
  value: string;
  noEcho: boolean;
}

export interface StackTag {
  Key: string;
  Value: string;
}

/** The template and its inputs, as the caller gave them. */
export interface StackSource {
  templateBody: string;
  parameters: StackParameter[];
  tags: StackTag[];
}

/** The operation in progress, with the session that it works under. */
export interface StackOperation {
  /** Names the operation in DescribeEvents; data of an earlier release has none. */
  id?: string;
  type?: OperationType;
  caller: Caller;
  token?: string;
  /** DeleteStack: logical ids to leave alone. */
  retain: string[];
  /** CreateStack: epoch milliseconds after which it fails. */
  deadline?: number;
  /** UpdateStack: the former stack, by logical id, for the rollback. */
  before?: { source: StackSource; resources: Map<string, StackResource> };
  /** UpdateStack: resources that a replacement or removal leaves to be deleted. */
  obsolete?: StackResource[];
}

/** A stack; times are epoch milliseconds on the world's clock. */
export interface Stack {
  id: string;
  name: string;
  accountId: string;
  region: string;
  description?: string;
  source: StackSource;
  capabilities: string[];
  notificationArns: string[];
  onFailure: 'ROLLBACK' | 'DELETE' | 'DO_NOTHING';
  timeoutInMinutes?: number;
  terminationProtection: boolean;
  status: StackStatus;
  statusReason?: string;
  createdAt: number;
  updatedAt?: number;
  deletedAt?: number;
  outputs: { key: string; value: string; description?: string; exportName?: string }[];
  /** By logical id, in the order of creation. */
  resources: Map<string, StackResource>;
  /** Oldest first. */
  events: StackEvent[];
  operation?: StackOperation;
}
