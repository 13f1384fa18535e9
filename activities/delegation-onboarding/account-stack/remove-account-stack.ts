import { DeleteStackCommand, DescribeStackResourcesCommand, type CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { cancellationSignal } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { accountStackName } from '../../../domain/delegation/parameters.ts';
import type { LeftInAccount, RemoveStackResult, TokenInput } from '../../../workflows/contracts/delegation-onboarding.ts';
import { failureTypes } from '../../../workflows/contracts/failures.ts';
import type { ActivityDependencies } from '../../dependencies.ts';
import { findSeenRemains } from '../find-seen-remains.ts';
import { loadRequest } from '../load-request.ts';
import { startDelegatedSession } from '../start-delegated-session.ts';
import { followStack } from './follow-stack.ts';
import { findNamedStack } from './find-own-stack.ts';
import { sessionFailure } from '../../aws/session-failure.ts';

const nothingLeft: RemoveStackResult = { removed: true, leftInAccount: [], reason: null };

/**
 * Deletes the account stack with the delegated credentials and names what remains (D6). If the credentials no longer
 * work, it names what was last seen. A second run continues the deletion. A stack of the same name that is not ours
 * stays.
 */
export async function removeAccountStack(dependencies: ActivityDependencies, input: TokenInput): Promise<RemoveStackResult> {
  try {
    return await remove(dependencies, input);
  } catch (error) {
    if (!(error instanceof ApplicationFailure) || !error.nonRetryable || error.type === failureTypes.superseded) throw error;
    return { removed: false, leftInAccount: await findSeenRemains(dependencies.db, input.requestId), reason: error.message };
  }
}

async function remove(dependencies: ActivityDependencies, input: TokenInput): Promise<RemoveStackResult> {
  const { db, delegation } = dependencies;
  const { tokenReference: _token, ...run } = input;
  const { requestId } = run;
  const request = await loadRequest(db, requestId);
  const session = await startDelegatedSession(dependencies, input);
  const client = session.cloudFormation;
  const stackName = accountStackName(requestId);
  try {
    const found = await findNamedStack(client, stackName, requestId);
    if (found.owner !== 'us') return nothingLeft;
    const { stackId } = found;
    await client.send(new DeleteStackCommand({ StackName: stackId, ClientRequestToken: `delete-${requestId}` }), {
      abortSignal: cancellationSignal(),
    });
    const { status, reason } = await followStack({ db, client, pollMs: delegation.stackPollMs }, { run, stackId, stackName });
    if (status === 'DELETE_COMPLETE') return nothingLeft;
    return { removed: false, leftInAccount: await listRemains(client, stackId, stackName), reason: reason ?? status };
  } catch (error) {
    throw sessionFailure(error, `The stack ${stackName} in account ${request.accountId} could not be removed`);
  } finally {
    session.close();
  }
}

async function listRemains(client: CloudFormationClient, stackId: string, stackName: string): Promise<LeftInAccount[]> {
  const { StackResources } = await client.send(new DescribeStackResourcesCommand({ StackName: stackId }), {
    abortSignal: cancellationSignal(),
  });
  const remains = (StackResources ?? [])
    .filter((resource) => resource.PhysicalResourceId && resource.ResourceStatus !== 'DELETE_COMPLETE')
    .map((resource) => ({ type: resource.ResourceType ?? 'unknown', name: resource.PhysicalResourceId! }));
  return [{ type: 'AWS::CloudFormation::Stack', name: stackName }, ...remains];
}
