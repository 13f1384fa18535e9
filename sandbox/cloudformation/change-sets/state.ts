/** A change set as CloudFormation remembers it (CloudFormation User Guide, "Change sets"). */
import type { Stack, StackEvent, StackSource } from '../stack.ts';

/** The effect of an execution on one resource (API model, ResourceChange). */
export interface Change {
  action: 'Add' | 'Modify' | 'Remove';
  logicalId: string;
  physicalId?: string;
  type: string;
  replacement?: 'True' | 'False' | 'Conditional';
  scope: ('Properties' | 'Tags')[];
}

export interface ChangeSet {
  /** arn:…:changeSet/<name>/<uuid> */
  id: string;
  name: string;
  stackId: string;
  type: 'CREATE' | 'UPDATE';
  description?: string;
  source: StackSource;
  capabilities: string[];
  notificationArns: string[];
  onFailure?: Stack['onFailure'];
  status: 'CREATE_COMPLETE' | 'FAILED';
  statusReason?: string;
  executionStatus: 'AVAILABLE' | 'UNAVAILABLE' | 'EXECUTE_COMPLETE' | 'OBSOLETE';
  createdAt: number;
  changes: Change[];
  /** Findings of the validation, which DescribeEvents shows. */
  events: StackEvent[];
}
