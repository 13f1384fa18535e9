import { ApplicationFailure, executeChild, patched, sleep, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { organizationRoleName } from '../../domain/delegation/parameters.ts';
import { credentialCheckChild, type CredentialCheckResult, type DescribedOrganization } from '../contracts/credential-check.ts';
import { failureTypes } from '../contracts/failures.ts';
import { searchAttributes } from '../contracts/search-attributes.ts';
import { longRunning, poll, registry } from '../lib/activity-options.ts';
import { readActivityProblem } from '../lib/activity-problem.ts';
import { Patience, untilAwsAnswers } from '../lib/patience.ts';
import { deployStack, type Deployment } from './deployment.ts';
import * as endings from './endings.ts';
import { delegatedAccess, type Onboarding } from './onboarding.ts';
import { memberRolesRemoval } from './removal.ts';

/** The pauses between two checks of new roles. */
const pauseMs = { first: 2_000, max: 30_000 };

/** The deployment for an organization: the management account's stack, then the members' stack set (D5). */
export class OrganizationDeployment implements Deployment {
  readonly roles: string;
  readonly rolesProven = 'Both roles accept Muster with its external id, and refuse it without.';
  readonly done = 'Done: the organization is registered';
  private readonly onboarding: Onboarding;
  /** The organization of the request's credentials; null until they are proven. */
  private organization: DescribedOrganization | null = null;

  constructor(onboarding: Onboarding) {
    this.onboarding = onboarding;
    const { id, roleName } = onboarding.request;
    this.roles = `${roleName} or ${organizationRoleName(id)}`;
  }

  async deploy(): Promise<void> {
    this.onboarding.status.enter('deploying', 'Reading the organization with the delegated access');
    await this.deployTo(await this.findOrganization());
  }

  private async deployTo(awsOrganizationId: string): Promise<void> {
    const { journal, status } = this.onboarding;
    upsertSearchAttributes([{ key: searchAttributes.organizationId, value: awsOrganizationId }]);
    journal.note({
      key: 'deploying',
      type: 'deploying',
      message: `Access to organization ${awsOrganizationId} was delegated: deploying the stack with the organization role and the management account's harvesting role.`,
      detail: { awsOrganizationId },
    });
    status.show('Deploying the management stack with the delegated access');
    await deployStack(this.onboarding);
    status.show('Starting the deployment of the member roles with the delegated access');
    await this.deployMemberRoles();
  }

  /** Checks before the deployment that an organization can be onboarded from the request's account. Returns AWS's id of it. */
  private async findOrganization(): Promise<string> {
    const { token, limit } = delegatedAccess(this.onboarding);
    const { accountId } = this.onboarding.request;
    try {
      const access = await untilAwsAnswers(() => poll(limit).checkOrganizationAccess(token));
      switch (access.outcome) {
        case 'ready':
          return access.awsOrganizationId;
        case 'not_management_account':
          throw endings.notManagementAccount(accountId, access.managementAccountId);
        case 'organization_exists':
          throw endings.organizationRegistered(access);
        case 'trusted_access_off':
          throw endings.trustedAccessOff(accountId, access.awsOrganizationId);
      }
    } catch (error) {
      throw endings.organizationNotAsked(readActivityProblem(error));
    }
  }

  /** Starts the deployment of the member roles, which AWS continues without the delegated session. */
  private async deployMemberRoles(): Promise<void> {
    const { request, journal, removals } = this.onboarding;
    const { token, limit } = delegatedAccess(this.onboarding);
    removals.unshift(memberRolesRemoval(request.id));
    try {
      const outcome = await longRunning(limit).deployMemberRoles(token);
      if (!outcome.started) throw endings.stackSetFailed(outcome);
      const { stackSetName, operationId } = outcome;
      journal.note({
        key: 'member-roles',
        type: 'member_roles',
        message: `AWS creates the role ${request.roleName} in every account with the stack set ${stackSetName}. This continues in the background; a cloud stays pending until its account has the role.`,
        detail: { stackSetName, operationId },
      });
    } catch (error) {
      throw endings.memberRolesNotDeployed(readActivityProblem(error));
    }
  }

  /** Proves that the organization role has all permissions that an import needs. */
  async proveAccess(): Promise<void> {
    const { journal, status } = this.onboarding;
    status.show('Checking that the organization role may read everything that an import needs');
    this.organization = await this.checkCredentials();
    const { awsOrganizationId } = this.organization;
    journal.note({
      key: 'organization-verified',
      type: 'verified',
      message: `The organization role may read everything that an import of ${awsOrganizationId} needs.`,
      detail: { awsOrganizationId },
    });
  }

  /**
   * Proves the organization role with a credentialCheck, as for every organization (O5). IAM needs time to propagate the
   * role's permissions, so the check is repeated until it accepts the role or the time for the proof is over.
   */
  private async checkCredentials(): Promise<DescribedOrganization> {
    const { request, timings } = this.onboarding;
    const { accountId, credentialSetId } = request;
    if (!credentialSetId) throw ApplicationFailure.nonRetryable('The request has no credentials', failureTypes.defect);
    const { workflowType, ...options } = credentialCheckChild({ credentialSetId }, accountId);
    const giveUpAt = Date.now() + timings.roleProof;
    const patience = new Patience(timings.roleProof);
    try {
      for (let pause = pauseMs.first; ; pause = Math.min(2 * pause, pauseMs.max)) {
        // The child uses the queue of this run, which differs in tests.
        const child = { ...options, taskQueue: workflowInfo().taskQueue };
        const { verdict, checks, organization }: CredentialCheckResult = await executeChild(workflowType, child);
        if (verdict === 'accepted' && organization) return organization;
        // Runs from before this patch gave up by the clock, which also counts outages of Muster.
        const givesUp = patched('counts-aws-answers')
          ? !patience.allows(pause, { type: failureTypes.notReady, code: null })
          : Date.now() + pause >= giveUpAt;
        if (givesUp) {
          throw verdict === 'refused' ? endings.organizationChecksFailed(checks) : endings.organizationNotChecked(checks);
        }
        await sleep(pause);
      }
    } catch (error) {
      throw endings.organizationCheckInterrupted(readActivityProblem(error));
    }
  }

  async register(): Promise<{ organizationId: string }> {
    const { run } = this.onboarding;
    if (!this.organization) throw ApplicationFailure.nonRetryable('The organization was not proven', failureTypes.defect);
    const { organizationId } = await registry.registerOrganization({ ...run, organization: this.organization });
    return { organizationId };
  }
}
