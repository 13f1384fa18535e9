import { DescribeStacksCommand, type CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { cancellationSignal } from '@temporalio/activity';

/** The tag that names the request of a stack. */
export const requestTag = 'muster-request';

/** The owner of the stack with a name. A stack that is not ours is never used or changed. */
export type NamedStack = { owner: 'us'; stackId: string } | { owner: 'other' } | { owner: 'none' };

/** Finds a stack by its name, and checks by our tag whether it belongs to the request. */
export async function findNamedStack(client: CloudFormationClient, stackName: string, requestId: string): Promise<NamedStack> {
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stackName }), { abortSignal: cancellationSignal() });
    const stack = Stacks?.[0];
    if (!stack?.StackId) return { owner: 'none' };
    const isOurs = stack.Tags?.some((tag) => tag.Key === requestTag && tag.Value === requestId);
    return isOurs ? { owner: 'us', stackId: stack.StackId } : { owner: 'other' };
  } catch (error) {
    // CloudFormation has no error of its own for a missing stack.
    if (error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message)) return { owner: 'none' };
    throw error;
  }
}
