import { TypedSearchAttributes, WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@temporalio/common';
import { defineQuery, ParentClosePolicy } from '@temporalio/workflow';
import type { Partition } from '../../domain/aws/arn.ts';
import type { Activity } from './activity.ts';
import { taskQueue } from './queues.ts';
import { searchAttributes } from './search-attributes.ts';

/**
 * Proves an organization's credentials before anything is registered (O5): for a POST, a PATCH of the credentials, the
 * preview of a new organization, and an organization by delegation. Credentials that are refused are erased by the run
 * itself, at once, whatever became of the caller; accepted ones that nobody adopts are erased when their row expires.
 */
export const credentialCheckName = 'credentialCheck';

export function credentialCheckWorkflowId(credentialSetId: string): string {
  return `credential-check/${credentialSetId}`;
}

export interface CredentialCheckInput {
  credentialSetId: string;
}

/** Transient faults in validation are retried so long (api.md). */
export const credentialCheckTimeoutMs = 20_000;

/** One check, by api.md's names. */
export interface CredentialCheckItem {
  name: 'assume_role' | 'describe_organization' | 'simulate';
  /** For `simulate`: which action. */
  action?: string;
  passed: boolean;
  message: string;
}

/** The organization that the credentials open. */
export interface DescribedOrganization {
  /** AWS's id, `o-…`. */
  awsOrganizationId: string;
  managementAccountId: string;
  partition: Partition;
}

/**
 * All checks, not only the first that failed; what could not be tried because of an earlier failure is told as not
 * passed, too. `unavailable` when transient faults did not end: nothing is known then.
 */
export interface CredentialCheckResult {
  verdict: 'accepted' | 'refused' | 'unavailable';
  checks: CredentialCheckItem[];
  /** Null unless DescribeOrganization answered. */
  organization: DescribedOrganization | null;
}

export const credentialCheckQuery = defineQuery<{ checks: CredentialCheckItem[]; waitingFor: string }>('state');

/** The activities of a check of credentials. */
export interface CredentialCheckActivities {
  /** Assumes the organization role. A refusal is a check that did not pass; transient faults are failures, retried. */
  checkAssumeRole: Activity<'validation', { credentialSetId: string }, CredentialCheckItem>;
  checkDescribeOrganization: Activity<
    'validation',
    { credentialSetId: string },
    { check: CredentialCheckItem; organization: DescribedOrganization | null }
  >;
  /** One item for each action that the organization role needs (domain/organizations/actions.ts). */
  checkSimulate: Activity<'validation', { credentialSetId: string }, CredentialCheckItem[]>;
  /** Erases a credential set that nothing refers to. */
  eraseCredentials: Activity<'registry', { credentialSetId: string }, void>;
}

/** How credentials are checked: once a set, for good; asking again joins the run. */
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
 * How an organization by delegation checks its credentials. Their request keeps them whatever the verdict, so a new role
 * that is not known everywhere yet can be asked again.
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
