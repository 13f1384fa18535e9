import { DescribeStackSetCommand, type CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { cancellationSignal } from '@temporalio/activity';
import { awsCodeOf } from '../../aws/errors.ts';
import { requestTag } from '../account-stack/find-own-stack.ts';

/** Whose the stack set of a name is. Somebody else's is neither taken for ours nor touched. */
export type StackSetOwner = 'us' | 'other' | 'none';

/** Looks for a request's stack set by its name, and tells by our tag whether it is ours. */
export async function findStackSetOwner(client: CloudFormationClient, stackSetName: string, requestId: string): Promise<StackSetOwner> {
  try {
    const { StackSet } = await client.send(new DescribeStackSetCommand({ StackSetName: stackSetName }), {
      abortSignal: cancellationSignal(),
    });
    const isOurs = StackSet?.Tags?.some((tag) => tag.Key === requestTag && tag.Value === requestId);
    return isOurs ? 'us' : 'other';
  } catch (error) {
    if (awsCodeOf(error)?.startsWith('StackSetNotFound')) return 'none';
    throw error;
  }
}
