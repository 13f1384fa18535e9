import { ApplicationFailure, executeChild, sleep, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { organizationRoleName } from '../../domain/delegation/parameters.ts';
import { credentialCheckChild, type CredentialCheckResult, type DescribedOrganization } from '../contracts/credential-check.ts';
import { failureTypes } from '../contracts/failures.ts';
import { searchAttributes } from '../contracts/search-attributes.ts';
import { longRunning, poll, registry } from '../lib/activity-options.ts';
import { readActivityProblem } from '../lib/activity-problem.ts';
import { deployStack, type Deployment } from './deployment.ts';
import * as endings from './endings.ts';
import { delegatedAccess, type Onboarding } from './onboarding.ts';
import { memberRolesRemoval } from './removal.ts';

/** Pauses between two checks of roles that are new, in milliseconds. */
const pauseMs = { first: 2_000, max: 30_000 };

/** An organization: the management account's stack, then the members' stack set; registered as an organization (D5). */
export class OrganizationDeployment implements Deployment {
  readonly roles: string;
  readonly rolesProven = 'Both roles accept Muster with its external id, and refuse it without.';
  readonly done = 'Done: the organization is registered';
  private readonly onboarding: Onboarding;
  /** The organization that the request's credentials open; null until they are proven. */
  private organization: DescribedOrganization | null = null;

  constructor(onboarding: Onboarding) {
    this.onboarding = onboarding;
    const { id, roleName } = onboarding.request;
    this.roles = `${roleName} or ${organizationRoleName(id)}`;
  }

  async deploy(): Promise<void> {
    const { journal, status } = this.onboarding;
    status.enter('deploying', 'Reading the organization with the delegated access');
    const awsOrganizationId = await this.askForOrganization();
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

  /** Asks AWS, before anything is deployed, whether an organization can be onboarded from the request's account. */
  private async askForOrganization(): Promise<string> {
    const { token, limit } = delegatedAccess(this.onboarding);
    const { accountId } = this.onboarding.request;
    try {
      const access = await poll(limit).checkOrganizationAccess(token);
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

  /** Starts the deployment of the member roles; AWS goes on with it by itself. */
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

  /** Proves that the organization role may do all that an import needs. */
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
   * Lets a credentialCheck prove the organization role, as for any organization (O5). What it may do is known everywhere
   * only after a while, so a verdict other than yes is asked for again until the time for the proof is over.
   */
  private async checkCredentials(): Promise<DescribedOrganization> {
    const { request, timings } = this.onboarding;
    const { accountId, credentialSetId } = request;
    if (!credentialSetId) throw ApplicationFailure.nonRetryable('The request has no credentials', failureTypes.defect);
    const { workflowType, ...options } = credentialCheckChild({ credentialSetId }, accountId);
    const giveUpAt = Date.now() + timings.roleProof;
    try {
      for (let pause = pauseMs.first; ; pause = Math.min(2 * pause, pauseMs.max)) {
        // On this run's own queue, which is another one in tests.
        const child = { ...options, taskQueue: workflowInfo().taskQueue };
        const { verdict, checks, organization }: CredentialCheckResult = await executeChild(workflowType, child);
        if (verdict === 'accepted' && organization) return organization;
        if (Date.now() + pause >= giveUpAt) {
          throw verdict === 'refused' ? endings.organizationChecksFailed(checks) : endings.organizationNotChecked(checks);
        }
        await sleep(pause);
      }
    } catch (error) {
      throw endings.organizationCheckInterrupted(readActivityProblem(error));
    }
  }

  async register(): Promise<{ organizationId: string }> {
    const { request } = this.onboarding;
    if (!this.organization) throw ApplicationFailure.nonRetryable('The organization was not proven', failureTypes.defect);
    const { organizationId } = await registry.registerOrganization({ requestId: request.id, organization: this.organization });
    return { organizationId };
  }
}
