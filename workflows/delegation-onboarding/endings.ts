import { customerGuardOf, guardRemedy } from '../../domain/delegation/customer-guard.ts';
import type { AwsDelegationState } from '../../domain/delegation/states.ts';
import { describeCancelled } from '../../domain/delegation/wording.ts';
import type { MemberRolesOutcome, StackOutcome } from '../contracts/delegation-onboarding.ts';
import type { CredentialCheckItem } from '../contracts/credential-check.ts';
import type { ActivityProblem } from '../lib/activity-problem.ts';

/** Ends a request without a cloud. A step throws it; the workflow closes the request with its phase, code and message. */
export class RequestEnded extends Error {
  readonly phase: 'rejected' | 'expired' | 'failed' | 'cancelled';
  readonly code: string;
  /** AWS's error code, if AWS refused. */
  readonly awsCode: string | null;

  constructor(phase: RequestEnded['phase'], code: string, message: string, awsCode: string | null = null) {
    super(message);
    this.phase = phase;
    this.code = code;
    this.awsCode = awsCode;
  }
}

function failed(code: string, message: string, problem?: ActivityProblem): RequestEnded {
  return new RequestEnded('failed', code, message, problem?.awsCode);
}

export const accountListed = (accountId: string, cloudId: string): RequestEnded =>
  failed('account_exists', `Account ${accountId} is already listed as cloud ${cloudId}.`);

interface KnownOrganization {
  organizationId: string;
  awsOrganizationId: string;
}

export const organizationRegistered = ({ organizationId, awsOrganizationId }: KnownOrganization): RequestEnded =>
  failed('organization_exists', `Organization ${awsOrganizationId} is already registered, as ${organizationId}.`);

/** AWS refused the create call. The message is AWS's (D2). */
export const refusedByAws = (problem: ActivityProblem): RequestEnded => failed(problem.code ?? 'aws_refused', problem.message, problem);

export const awsUnavailable = (afterMs: number, problem: ActivityProblem): RequestEnded =>
  failed(
    'aws_unavailable',
    `AWS did not create the request, although Muster retried for ${Math.round(afterMs / 1_000)} seconds. Last answer: ${problem.message}`,
    problem,
  );

export const rejected = (): RequestEnded =>
  new RequestEnded(
    'rejected',
    'rejected',
    "The request was rejected in the AWS console. AWS does not report the reason to the requester: ask the account's administrator.",
  );

export const expired = (): RequestEnded =>
  new RequestEnded(
    'expired',
    'expired',
    "The request was not approved within the time that AWS allows. Send it again when the account's administrator can approve it.",
  );

export const tokenNotReceived = (): RequestEnded =>
  failed(
    'token_not_received',
    'Access was released, but the exchange token did not reach Muster before the access ended. Send the request again.',
  );

/** AWS denied something to the delegated session: by a guard of the customer's, or because the approver's rights do not suffice. */
function accessDenied(reason: string | null, message: string): RequestEnded {
  const guard = customerGuardOf(reason);
  return guard ? failed('customer_guard_refused', `${message} ${guardRemedy(guard)}`) : failed('delegated_access_insufficient', message);
}

export function stackFailed(stack: StackOutcome): RequestEnded {
  const message = `The stack ${stack.stackName} ended as ${stack.status}: ${stack.reason ?? 'AWS gave no reason'}`;
  return stack.denied ? accessDenied(stack.reason, message) : failed('stack_failed', message);
}

export const deploymentFailed = (problem: ActivityProblem): RequestEnded =>
  failed(problem.code ?? 'deployment_failed', `The stack could not be deployed: ${problem.message}`, problem);

export const notManagementAccount = (accountId: string, managementAccountId: string | null): RequestEnded =>
  failed(
    'not_management_account',
    managementAccountId === null
      ? `Account ${accountId} is not in an organization. Nothing was deployed. Request it as a single account, or request an organization with its management account.`
      : `Account ${accountId} is a member of an organization whose management account is ${managementAccountId}. Nothing was deployed. Create a new request for that account.`,
  );

export const trustedAccessOff = (accountId: string, awsOrganizationId: string): RequestEnded =>
  failed(
    'trusted_access_off',
    `CloudFormation StackSets have no trusted access to organization ${awsOrganizationId}, and delegated access cannot activate it. Nothing was deployed. ` +
      `In account ${accountId}, run "aws cloudformation activate-organizations-access", or activate trusted access on the StackSets page of the CloudFormation console. Check that no service control policy denies the Region of the stacks. Then send the request again.`,
  );

export const organizationNotAsked = (problem: ActivityProblem): RequestEnded =>
  failed(
    problem.code ?? 'deployment_failed',
    `Muster could not read the organization from AWS, so nothing was deployed: ${problem.message}`,
    problem,
  );

export function stackSetFailed(outcome: MemberRolesOutcome): RequestEnded {
  const message = `The stack set ${outcome.stackSetName} could not be deployed: ${outcome.reason ?? 'AWS gave no reason'}`;
  return outcome.denied ? accessDenied(outcome.reason, message) : failed('stack_set_failed', message);
}

export const memberRolesNotDeployed = (problem: ActivityProblem): RequestEnded =>
  failed(problem.code ?? 'deployment_failed', `The stack set for the member roles could not be deployed: ${problem.message}`, problem);

/** `roles` are the names of one or several roles. */
export const externalIdNotEnforced = (roles: string): RequestEnded =>
  failed('external_id_not_enforced', `The role ${roles} accepts Muster without its external id, so it would accept other callers, too.`);

export const roleProofFailed = (roles: string, problem: ActivityProblem): RequestEnded =>
  failed('role_proof_failed', `The role ${roles} could not be proven: ${problem.message}`, problem);

export function organizationChecksFailed(checks: readonly CredentialCheckItem[]): RequestEnded {
  const open = checks.filter(({ passed }) => !passed);
  return failed(
    'organization_checks_failed',
    `${open.length} of ${checks.length} checks of the organization role did not pass. ${describeChecks(open)}`,
  );
}

export const organizationNotChecked = (checks: readonly CredentialCheckItem[]): RequestEnded =>
  failed(
    'aws_unavailable',
    `AWS gave no usable answer about the organization role. ${describeChecks(checks.filter(({ passed }) => !passed))}`.trimEnd(),
  );

export const organizationCheckInterrupted = (problem: ActivityProblem): RequestEnded =>
  failed(problem.code ?? 'role_proof_failed', `The check of the organization role ended without a verdict: ${problem.message}`, problem);

function describeChecks(checks: readonly CredentialCheckItem[]): string {
  return checks.map(({ name, action, message }) => `${action ?? name}: ${message}`).join(' ');
}

export const registrationFailed = (problem: ActivityProblem): RequestEnded =>
  failed(problem.code ?? 'registration_failed', problem.message);

export const internalError = (problem: ActivityProblem): RequestEnded =>
  failed('internal_error', `Muster could not continue: ${problem.message}`);

/** `state` is AWS's last known state. `isReleased` is true once the approver released the access, by a state or by the token. */
export const cancelled = (by: string, { state, isReleased }: { state: AwsDelegationState | null; isReleased: boolean }): RequestEnded =>
  new RequestEnded('cancelled', 'cancelled', `Cancelled by ${by}. ${describeCancelled(state, isReleased)}`);
