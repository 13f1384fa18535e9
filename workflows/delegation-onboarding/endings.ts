import type { StackOutcome } from '../contracts/activities.ts';
import type { ActivityProblem } from '../activity-problem.ts';

/** How a request ends without a cloud: the row's phase and failure, and what the caller reads. */
export interface Ending {
  phase: 'rejected' | 'expired' | 'failed' | 'cancelled';
  code: string;
  message: string;
  awsCode?: string | undefined;
}

function failed(code: string, message: string, problem?: ActivityProblem): Ending {
  return { phase: 'failed', code, message, awsCode: problem?.awsCode ?? undefined };
}

export const accountListed = (accountId: string, cloudId: string): Ending =>
  failed('account_exists', `Account ${accountId} is already listed as cloud ${cloudId}.`);

/** AWS refused the create call; its own words are the message (D2). */
export const refusedByAws = (problem: ActivityProblem): Ending => failed(problem.code ?? 'aws_refused', problem.message, problem);

export const awsUnavailable = (afterMs: number, problem: ActivityProblem): Ending =>
  failed(
    'aws_unavailable',
    `AWS did not take the request within ${Math.round(afterMs / 1_000)} seconds. Last answer: ${problem.message}`,
    problem,
  );

export const rejected = (): Ending => ({
  phase: 'rejected',
  code: 'rejected',
  message: "The request was rejected in the AWS console. AWS does not tell the reason to the requester: ask the account's administrator.",
});

export const expired = (): Ending => ({
  phase: 'expired',
  code: 'expired',
  message: 'Nobody finished answering the request in the time that AWS gives. Send it again when somebody can.',
});

export const tokenNotReceived = (): Ending =>
  failed(
    'token_not_received',
    'Access was released, but the exchange token did not reach Muster before that access ended. Send the request again.',
  );

export const stackFailed = (stack: StackOutcome): Ending =>
  failed(
    stack.denied ? 'delegated_access_insufficient' : 'stack_failed',
    `The stack ${stack.stackName} ended as ${stack.status}: ${stack.reason ?? 'AWS gave no reason'}`,
  );

export const deploymentFailed = (problem: ActivityProblem): Ending =>
  failed(problem.code ?? 'deployment_failed', `The stack could not be deployed: ${problem.message}`, problem);

export const externalIdNotEnforced = (roleName: string): Ending =>
  failed('external_id_not_enforced', `The role ${roleName} lets us in without its external id, so it would let others in as well.`);

export const roleProofFailed = (roleName: string, problem: ActivityProblem): Ending =>
  failed('role_proof_failed', `The role ${roleName} could not be proven: ${problem.message}`, problem);

export const registrationFailed = (problem: ActivityProblem): Ending => failed(problem.code ?? 'registration_failed', problem.message);

export const internalError = (problem: ActivityProblem): Ending => failed('internal_error', `Muster could not go on: ${problem.message}`);

export const cancelled = (by: string): Ending => ({
  phase: 'cancelled',
  code: 'cancelled',
  message: `Cancelled by ${by}. AWS's own request cannot be withdrawn: until it expires it can still be answered in the AWS console, to no effect.`,
});
