import { DescribeStacksCommand, type CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { cancellationSignal } from '@temporalio/activity';

/** The tag that tells which request a stack belongs to. */
export const requestTag = 'muster-request';

/** Whose the stack of a name is. Somebody else's is neither taken for ours nor touched. */
export type NamedStack = { owner: 'us'; stackId: string } | { owner: 'other' } | { owner: 'none' };

/** Looks for a request's stack by its name, and tells by our tag whether it is ours. */
export async function findNamedStack(client: CloudFormationClient, stackName: string, requestId: string): Promise<NamedStack> {
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stackName }), { abortSignal: cancellationSignal() });
    const stack = Stacks?.[0];
    if (!stack?.StackId) return { owner: 'none' };
    const isOurs = stack.Tags?.some((tag) => tag.Key === requestTag && tag.Value === requestId);
    return isOurs ? { owner: 'us', stackId: stack.StackId } : { owner: 'other' };
  } catch (error) {
    // CloudFormation has no error of its own for a stack that is not there.
    if (error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message)) return { owner: 'none' };
    throw error;
  }
}
