import { DescribeStackSetCommand, type CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { cancellationSignal } from '@temporalio/activity';
import { awsCodeOf } from '../../aws/errors.ts';
import { requestTag } from '../account-stack/find-own-stack.ts';

/** The owner of the stack set with a name. A stack set that is not ours is never used or changed. */
export type StackSetOwner = 'us' | 'other' | 'none';

/** Finds a stack set by its name, and checks by our tag whether it belongs to the request. */
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
