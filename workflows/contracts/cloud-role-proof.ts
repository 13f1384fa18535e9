import { TypedSearchAttributes, WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@temporalio/common';
import { defineQuery } from '@temporalio/workflow';
import { parseRoleArn } from '../../domain/aws/arn.ts';
import type { CloudWarning } from '../../domain/clouds/status.ts';
import type { Activity } from './activity.ts';
import { taskQueue } from './queues.ts';
import { searchAttributes } from './search-attributes.ts';

/**
 * The registered name. The workflow proves the role of one cloud before a cloud uses it (C4): for the POST of an existing
 * role and for the PUT of new credentials. The run erases credentials that it refuses, even if its caller is gone. Proven
 * credentials that no cloud adopts are erased when their row expires.
 */
export const cloudRoleProofName = 'cloudRoleProof';

export function cloudRoleProofWorkflowId(credentialSetId: string): string {
  return `cloud-role-proof/${credentialSetId}`;
}

export interface CloudRoleProofInput {
  credentialSetId: string;
  /** True if the caller accepts a role whose external id protects nothing (D12). */
  acceptUnenforced: boolean;
}

/** One check, named as in the API. */
export interface RoleProofItem {
  name: 'assume_role' | 'refuses_without_external_id';
  passed: boolean;
  message: string;
}

/** The answers of a role. */
export interface RoleProof {
  checks: RoleProofItem[];
  /** The warnings of the cloud, such as permissions that the role lacks. Empty if the role was not assumed. */
  warnings: CloudWarning[];
  /** ISO 8601. */
  checkedAt: string;
}

export interface CloudRoleProofResult {
  /** `unavailable`: transient faults did not end in time, so nothing is proven. */
  verdict: 'accepted' | 'refused' | 'unavailable';
  /** Null if the verdict is `unavailable`. */
  proof: RoleProof | null;
}

export const cloudRoleProofQuery = defineQuery<{ waitingFor: string }>('state');

/** The activities of a proof. */
export interface CloudRoleProofActivities {
  /**
   * Assumes the role with its external id, simulates its permissions, and asks it without the external id. A refusal is a
   * check that did not pass; a transient fault fails the activity and is retried.
   */
  proveCloudRole: Activity<'validation', { credentialSetId: string }, RoleProof>;
}

/** The options of a proof. A credential set is proven once; a second start joins the first run. */
export function cloudRoleProofStart(input: CloudRoleProofInput, roleArn: string) {
  const accountId = parseRoleArn(roleArn)?.accountId;
  return {
    workflowType: cloudRoleProofName,
    workflowId: cloudRoleProofWorkflowId(input.credentialSetId),
    taskQueue,
    args: [input] as [CloudRoleProofInput],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
    ...(accountId === undefined
      ? {}
      : { typedSearchAttributes: new TypedSearchAttributes([{ key: searchAttributes.accountId, value: accountId }]) }),
    staticSummary: `Prove the role ${roleArn}`,
  };
}
