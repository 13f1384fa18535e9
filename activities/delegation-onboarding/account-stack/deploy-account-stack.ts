import { CreateStackCommand, type CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { accountStackName } from '../../../domain/delegation/parameters.ts';
import type { StackOutcome, TokenInput } from '../../../workflows/contracts/delegation-onboarding.ts';
import { failureTypes } from '../../../workflows/contracts/failures.ts';
import type { ActivityDependencies } from '../../dependencies.ts';
import { failure } from '../../failures.ts';
import { loadRequest } from '../load-request.ts';
import { startDelegatedSession } from '../start-delegated-session.ts';
import { awsCodeOf } from '../../aws/errors.ts';
import { followStack } from './follow-stack.ts';
import { findNamedStack, requestTag } from './find-own-stack.ts';
import { fillRequestTemplate, type FilledTemplate } from './fill-template.ts';
import { sessionFailure } from '../../aws/session-failure.ts';
import { isDenial } from './stack-events.ts';

/**
 * Deploys the account stack, or an organization's management stack, with the delegated credentials and follows it to
 * its end (D4, D5). A second run finds the stack of an earlier attempt by its name and our tag.
 */
export async function deployAccountStack(dependencies: ActivityDependencies, input: TokenInput): Promise<StackOutcome> {
  const { db, delegation } = dependencies;
  const { tokenReference: _token, ...run } = input;
  const { requestId } = run;
  const request = await loadRequest(db, requestId);
  const template = await fillRequestTemplate(dependencies, request);
  const session = await startDelegatedSession(dependencies, input);
  const client = session.cloudFormation;
  const stackName = accountStackName(requestId);
  try {
    const stackId = await createOrFind(client, stackName, requestId, template);
    const { status, reason } = await followStack({ db, client, pollMs: delegation.stackPollMs }, { run, stackId, stackName });
    return { stackId, stackName, status, succeeded: status === 'CREATE_COMPLETE', reason, denied: isDenial(reason) };
  } catch (error) {
    throw sessionFailure(error, `The stack ${stackName} in account ${request.accountId} could not be deployed`);
  } finally {
    session.close();
  }
}

async function createOrFind(client: CloudFormationClient, stackName: string, requestId: string, template: FilledTemplate): Promise<string> {
  const command = new CreateStackCommand({
    StackName: stackName,
    ...template,
    Capabilities: ['CAPABILITY_NAMED_IAM'],
    ClientRequestToken: `create-${requestId}`,
    OnFailure: 'ROLLBACK',
    // The validation before deployment would give its cause, such as a taken role name, only to DescribeEvents.
    DisableValidation: true,
    Tags: [{ Key: requestTag, Value: requestId }],
  });
  try {
    // The call is not aborted: AWS may create the stack all the same, after a cancelled request's removal has found none (D6).
    const { StackId } = await client.send(command);
    return StackId!;
  } catch (error) {
    if (!awsCodeOf(error)?.startsWith('AlreadyExists') && !awsCodeOf(error)?.startsWith('TokenAlreadyExists')) throw error;
    return await findOwnStack(client, stackName, requestId);
  }
}

async function findOwnStack(client: CloudFormationClient, stackName: string, requestId: string): Promise<string> {
  const found = await findNamedStack(client, stackName, requestId);
  if (found.owner === 'us') return found.stackId;
  if (found.owner === 'other') {
    throw failure(failureTypes.precondition, `The account has another stack named ${stackName}. Delete it, or start a new request.`, {
      code: 'stack_name_taken',
    });
  }
  throw failure(failureTypes.precondition, `The stack ${stackName} was deleted while Muster was deploying it. Start a new request.`, {
    code: 'stack_failed',
  });
}
