import { DescribeStackEventsCommand, type CloudFormationClient, type StackEvent } from '@aws-sdk/client-cloudformation';

/** All events of a stack, oldest first. AWS returns them newest first, in pages. */
export async function listStackEvents(client: CloudFormationClient, stackId: string, abortSignal: AbortSignal): Promise<StackEvent[]> {
  const events: StackEvent[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.send(new DescribeStackEventsCommand({ StackName: stackId, NextToken: nextToken }), { abortSignal });
    events.push(...(page.StackEvents ?? []));
    nextToken = page.NextToken;
  } while (nextToken);
  return events.toReversed();
}

/**
 * The first failure in AWS's order, because later failures mostly follow from it. Failures from before a deletion do
 * not explain the deletion.
 */
export function firstFailure(events: readonly StackEvent[]): string | null {
  const deletion = events.findLastIndex(
    (event) => event.PhysicalResourceId === event.StackId && event.ResourceStatus === 'DELETE_IN_PROGRESS',
  );
  const failed = events
    .slice(Math.max(deletion, 0))
    .find((event) => event.ResourceStatus?.endsWith('_FAILED') && !/cancelled/i.test(event.ResourceStatusReason ?? ''));
  return failed ? `${failed.LogicalResourceId}: ${failed.ResourceStatusReason ?? failed.ResourceStatus}` : null;
}

/**
 * True if a stack failed because its caller lacks rights that the template needs. CloudFormation reports its handlers'
 * error code or the service's own message.
 * https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html
 */
export function isDenial(reason: string | null): boolean {
  return /HandlerErrorCode: AccessDenied|is not authorized to perform/.test(reason ?? '');
}
