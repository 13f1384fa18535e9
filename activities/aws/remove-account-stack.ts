import {
  DeleteStackCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  type CloudFormationClient,
} from '@aws-sdk/client-cloudformation';
import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { accountStackName } from '../../domain/delegation/parameters.ts';
import type { RemoveStackResult, TokenInput } from '../../workflows/contracts/activities.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { loadRequest } from '../registry/load-request.ts';
import { followStack } from './follow-stack.ts';
import { redeemToken } from './redeem-token.ts';
import { sessionFailure } from './session-failure.ts';

/** Deletes the account stack with the delegated credentials and names what stays (D6). Running again goes on with it. */
export async function removeAccountStack(dependencies: ActivityDependencies, input: TokenInput): Promise<RemoveStackResult> {
  const { db, aws, delegation } = dependencies;
  const { requestId } = input;
  const request = await loadRequest(db, requestId);
  const client = aws.cloudFormation(await redeemToken(dependencies, input.tokenReference));
  heartbeat();
  const stackName = accountStackName(requestId);
  try {
    const stackId = await findStack(client, stackName);
    if (!stackId) return { removed: true, leftInAccount: [], reason: null };
    await client.send(new DeleteStackCommand({ StackName: stackId, ClientRequestToken: `delete-${requestId}` }), {
      abortSignal: cancellationSignal(),
    });
    const { status, reason } = await followStack({ db, client, pollMs: delegation.stackPollMs }, { requestId, stackId, stackName });
    if (status === 'DELETE_COMPLETE') return { removed: true, leftInAccount: [], reason: null };
    return { removed: false, leftInAccount: await listRemains(client, stackId, stackName), reason: reason ?? status };
  } catch (error) {
    throw sessionFailure(error, `The stack ${stackName} in account ${request.accountId} could not be removed`);
  } finally {
    client.destroy();
  }
}

async function findStack(client: CloudFormationClient, stackName: string): Promise<string | null> {
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stackName }), { abortSignal: cancellationSignal() });
    return Stacks?.[0]?.StackId ?? null;
  } catch (error) {
    // CloudFormation has no error of its own for a stack that is not there.
    if (error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message)) return null;
    throw error;
  }
}

async function listRemains(client: CloudFormationClient, stackId: string, stackName: string): Promise<RemoveStackResult['leftInAccount']> {
  const { StackResources } = await client.send(new DescribeStackResourcesCommand({ StackName: stackId }), {
    abortSignal: cancellationSignal(),
  });
  const remains = (StackResources ?? [])
    .filter((resource) => resource.PhysicalResourceId && resource.ResourceStatus !== 'DELETE_COMPLETE')
    .map((resource) => ({ type: resource.ResourceType ?? 'unknown', name: resource.PhysicalResourceId! }));
  return [{ type: 'AWS::CloudFormation::Stack', name: stackName }, ...remains];
}
