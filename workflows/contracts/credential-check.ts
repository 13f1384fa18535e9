import { TypedSearchAttributes, WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@temporalio/common';
import { defineQuery, ParentClosePolicy } from '@temporalio/workflow';
import type { Partition } from '../../domain/aws/arn.ts';
import type { Activity } from './activity.ts';
import { taskQueue } from './queues.ts';
import { searchAttributes } from './search-attributes.ts';

/**
 * The registered name. The workflow proves an organization's credentials before anything is registered (O5): for a POST,
 * a PATCH of the credentials, the preview of a new organization, and an organization by delegation. The run erases
 * refused credentials at once, even if its caller is gone. Accepted credentials that no organization adopts are erased
 * when their row expires.
 */
export const credentialCheckName = 'credentialCheck';

export function credentialCheckWorkflowId(credentialSetId: string): string {
  return `credential-check/${credentialSetId}`;
}

export interface CredentialCheckInput {
  credentialSetId: string;
  /** The units and accounts that a new scope names, at most `maxScopeIds`. Absent if AWS need not be asked for them. */
  scopeIds?: string[];
}

/** Maximum of ids that a check looks up at AWS, one call each. A scope with more is compared with a preview's listing. */
export const maxScopeIds = 50;

/** How long transient faults are retried before the verdict is `unavailable` (S9). */
export const credentialCheckTimeoutMs = 11_000;

/** One check, named as in the API. */
export interface CredentialCheckItem {
  name: 'assume_role' | 'describe_organization' | 'simulate' | 'scope';
  /** The simulated action; absent for the other checks. */
  action?: string;
  /** The unit or account of the scope that the organization lacks; only for `scope`. */
  id?: string;
  passed: boolean;
  message: string;
}

/** The organization that the credentials give access to. */
export interface DescribedOrganization {
  /** AWS's id, `o-…`. */
  awsOrganizationId: string;
  managementAccountId: string;
  partition: Partition;
}

/**
 * All checks, also after one has failed: a check that could not run because of an earlier failure counts as not passed.
 * The verdict is `unavailable` if transient faults did not end in time; then the checks prove nothing.
 */
export interface CredentialCheckResult {
  verdict: 'accepted' | 'refused' | 'unavailable';
  checks: CredentialCheckItem[];
  /** Null if DescribeOrganization gave no answer. */
  organization: DescribedOrganization | null;
}

export const credentialCheckQuery = defineQuery<{ checks: CredentialCheckItem[]; waitingFor: string }>('state');

/** The activities of a check of credentials. */
export interface CredentialCheckActivities {
  /** Assumes the organization role. A refusal is a check that did not pass; a transient fault fails the activity and is retried. */
  checkAssumeRole: Activity<'validation', { credentialSetId: string }, CredentialCheckItem>;
  /** Describes the organization. The organization is null if the check did not pass. */
  checkDescribeOrganization: Activity<
    'validation',
    { credentialSetId: string },
    { check: CredentialCheckItem; organization: DescribedOrganization | null }
  >;
  /** One item for each action that the organization role needs (domain/organizations/actions.ts). */
  checkSimulate: Activity<'validation', { credentialSetId: string }, CredentialCheckItem[]>;
  /** An item for each unit or account that the organization lacks, or one item that passed. */
  checkScope: Activity<'validation', { credentialSetId: string; scopeIds: string[] }, CredentialCheckItem[]>;
  /** Erases a credential set unless an organization, a cloud or a delegation request refers to it. */
  eraseCredentials: Activity<'registry', { credentialSetId: string }, void>;
}

/** The options of a check for an API call. A credential set is checked once; a second start joins the first run. */
export function credentialCheckStart(input: CredentialCheckInput, roleArn: string) {
  return {
    workflowType: credentialCheckName,
    workflowId: credentialCheckWorkflowId(input.credentialSetId),
    taskQueue,
    args: [input] as [CredentialCheckInput],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
    staticSummary: `Check the organization role ${roleArn}`,
  };
}

/**
 * The options of a check for an organization by delegation. Its request keeps the credentials after any verdict, so the
 * check can be repeated until IAM has propagated the new role.
 */
export function credentialCheckChild(input: CredentialCheckInput, accountId: string) {
  return {
    workflowType: credentialCheckName,
    workflowId: credentialCheckWorkflowId(input.credentialSetId),
    taskQueue,
    args: [input] as [CredentialCheckInput],
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    typedSearchAttributes: new TypedSearchAttributes([{ key: searchAttributes.accountId, value: accountId }]),
    staticSummary: `Check the organization role of account ${accountId}`,
  };
}
