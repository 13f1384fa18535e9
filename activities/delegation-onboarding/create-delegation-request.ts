import { CreateDelegationRequestCommand } from '@aws-sdk/client-iam';
import { cancellationSignal } from '@temporalio/activity';
import { delegationParameters, organizationRoleName } from '../../domain/delegation/parameters.ts';
import { renderPolicyTemplate, withBoundary } from '../../domain/delegation/policy-template.ts';
import { accountPolicyTemplate, organizationPolicyTemplate } from '../../templates/read.ts';
import {
  requestorWorkflowId,
  type CreateDelegationRequestInput,
  type CreateDelegationRequestResult,
  type DelegationRequestFacts,
} from '../../workflows/contracts/delegation-onboarding.ts';
import { failureTypes } from '../../workflows/contracts/failures.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { failure } from '../failures.ts';
import { loadRequest } from './load-request.ts';
import { recordPolicy } from './record-policy.ts';
import { awsCodeOf, awsFailure } from '../aws/errors.ts';

/**
 * Creates the request at AWS, under an id that only this attempt uses.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateDelegationRequest.html
 */
export async function createDelegationRequest(
  { db, aws, delegation }: ActivityDependencies,
  { requestId, attempt }: CreateDelegationRequestInput,
): Promise<CreateDelegationRequestResult> {
  const request = await loadRequest(db, requestId);
  const isWhole = request.scope === 'organization';
  const registered = isWhole ? delegation.organization : delegation;
  const parameters = delegationParameters(request);
  const template = withBoundary(isWhole ? organizationPolicyTemplate() : accountPolicyTemplate(), registered.permissionsBoundaryArn);
  const policy = renderPolicyTemplate(template, parameters);
  await recordPolicy(db, requestId, JSON.stringify(policy));
  const command = new CreateDelegationRequestCommand({
    OwnerAccountId: request.accountId,
    Description: isWhole ? describeOrganizationRequest(request) : describeAccountRequest(request),
    RequestMessage: latin1(`Muster request ${requestId} for "${request.nickname}"`).slice(0, 200),
    RequestorWorkflowId: requestorWorkflowId(requestId, attempt),
    Permissions: {
      PolicyTemplateArn: registered.policyTemplateArn,
      Parameters: Object.entries(parameters).map(([Name, value]) => ({ Name, Values: [value], Type: 'string' })),
    },
    NotificationChannel: delegation.notificationTopicArn,
    SessionDuration: request.sessionDurationSeconds,
    OnlySendByOwner: false,
    ...(delegation.publicUrl && redirectPattern.test(delegation.publicUrl) ? { RedirectUrl: delegation.publicUrl } : {}),
  });
  try {
    const answer = await aws.iam.send(command, { abortSignal: cancellationSignal() });
    if (!answer.ConsoleDeepLink || !answer.DelegationRequestId) {
      throw failure(failureTypes.outcomeUnknown, 'AWS created the request but returned no link or id', { code: 'aws_unavailable' });
    }
    return { awsRequestId: answer.DelegationRequestId, consoleUrl: answer.ConsoleDeepLink };
  } catch (error) {
    if (error instanceof Error && error.name === 'ApplicationFailure') throw error;
    if (awsCodeOf(error)?.startsWith('EntityAlreadyExists')) {
      throw failure(failureTypes.outcomeUnknown, 'AWS already has a request with this id, and its link cannot be read', {
        code: 'aws_unavailable',
        awsCode: 'EntityAlreadyExists',
      });
    }
    throw awsFailure(error, `The delegation request for account ${request.accountId} was not created`);
  }
}

function describeAccountRequest({ accountId, roleName }: DelegationRequestFacts): string {
  return `Muster requests permission to set up read-only security monitoring of account ${accountId}. If you approve, it deploys one CloudFormation stack with the IAM role ${roleName}.`;
}

function describeOrganizationRequest({ id, accountId, roleName }: DelegationRequestFacts): string {
  return (
    `Muster requests permission to set up read-only security monitoring of the organization managed by account ${accountId}. If you approve, it deploys one CloudFormation stack ` +
    `with the IAM roles ${organizationRoleName(id)} and ${roleName} here, and a stack set that creates the role ${roleName} in the organization's other accounts.`
  );
}

/** AWS rejects a URL with a port or an escape, and only shows it as a link back. */
const redirectPattern = /^http(s?):\/\/[a-zA-Z0-9._/-]*(\?[a-zA-Z0-9._=&-]*)?(#[a-zA-Z0-9._/-]*)?$/;

/** AWS accepts printable Latin-1 here; a nickname may hold any character. */
function latin1(text: string): string {
  return text.replaceAll(/[^\u0020-\u007e\u00a1-\u00ff]/gu, '?');
}
