/** The steps that only an organization takes (D5). */
import { ApplicationFailure, executeChild, sleep, workflowInfo } from '@temporalio/workflow';
import { longRunning, poll } from '../lib/activity-options.ts';
import { readActivityProblem } from '../lib/activity-problem.ts';
import type { DelegationRequestFacts, TokenInput } from '../contracts/delegation-onboarding.ts';
import { type CredentialCheckResult, type DescribedOrganization, credentialCheckChild } from '../contracts/credential-check.ts';
import { failureTypes } from '../contracts/failures.ts';
import * as endings from './endings.ts';
import type { Ending } from './endings.ts';
import type { Note } from './journal.ts';

/** Pauses between two checks of roles that are new, in milliseconds. */
const pauses = { first: 2_000, longest: 30_000 };

/** Asks AWS, before anything is deployed, whether an organization can be onboarded from the request's account. */
export async function askForOrganization(
  { accountId }: DelegationRequestFacts,
  input: TokenInput,
  limit: number,
): Promise<{ awsOrganizationId: string } | Ending> {
  try {
    const access = await poll(limit).checkOrganizationAccess(input);
    switch (access.outcome) {
      case 'ready':
        return access;
      case 'not_management_account':
        return endings.notManagementAccount(accountId, access.managementAccountId);
      case 'organization_exists':
        return endings.organizationRegistered(access);
      case 'trusted_access_off':
        return endings.trustedAccessOff(accountId, access.awsOrganizationId);
    }
  } catch (error) {
    return endings.organizationNotAsked(readActivityProblem(error));
  }
}

/** Starts the deployment of the member roles; AWS goes on with it by itself. */
export async function deployMembers({ roleName }: DelegationRequestFacts, input: TokenInput, limit: number): Promise<Note | Ending> {
  try {
    const outcome = await longRunning(limit).deployMemberRoles(input);
    if (!outcome.started) return endings.stackSetFailed(outcome);
    const { stackSetName, operationId } = outcome;
    return {
      key: 'member-roles',
      type: 'member_roles',
      message: `AWS creates the role ${roleName} in every account, by the stack set ${stackSetName}. It goes on by itself; a cloud stays pending until its account has the role.`,
      detail: { stackSetName, operationId },
    };
  } catch (error) {
    return endings.memberRolesNotDeployed(readActivityProblem(error));
  }
}

/**
 * Lets a credentialCheck prove the organization role, as for any organization (O5). What it may do is known everywhere
 * only after a while, so a verdict other than yes is asked for again until `patience`, in milliseconds, is over.
 */
export async function proveOrganization(
  { accountId, credentialSetId }: DelegationRequestFacts,
  patience: number,
): Promise<DescribedOrganization | Ending> {
  if (!credentialSetId) throw ApplicationFailure.nonRetryable('The request has no credentials', failureTypes.defect);
  const { workflowType, ...options } = credentialCheckChild({ credentialSetId }, accountId);
  const giveUpAt = Date.now() + patience;
  try {
    for (let pause = pauses.first; ; pause = Math.min(2 * pause, pauses.longest)) {
      // On this run's own queue, which is another one in tests.
      const child = { ...options, taskQueue: workflowInfo().taskQueue };
      const { verdict, checks, organization }: CredentialCheckResult = await executeChild(workflowType, child);
      if (verdict === 'accepted' && organization) return organization;
      if (Date.now() + pause >= giveUpAt) {
        return verdict === 'refused' ? endings.organizationChecksFailed(checks) : endings.organizationNotChecked(checks);
      }
      await sleep(pause);
    }
  } catch (error) {
    return endings.organizationCheckInterrupted(readActivityProblem(error));
  }
}
