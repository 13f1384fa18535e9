import { defineQuery } from '@temporalio/workflow';
import type { Partition } from '../../domain/aws/arn.ts';

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
  /** How long transient faults are asked again, in milliseconds. */
  patience?: number;
}

/** Transient faults in validation are retried so long (api.md). */
export const credentialCheckPatience = 20_000;

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
