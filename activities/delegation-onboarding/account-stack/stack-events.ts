import { DescribeStackEventsCommand, type CloudFormationClient, type StackEvent } from '@aws-sdk/client-cloudformation';

/** Every event of a stack, oldest first. AWS gives them newest first, in pages. */
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
 * The reason that AWS gave first, of events from the oldest on: later failures mostly follow from it. Once the stack is
 * being deleted, what failed before is no reason any more.
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
 * True when a stack failed because its caller may not do what the template needs. CloudFormation words it as its
 * handlers' error code, or hands on the service's own sentence.
 * https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html
 */
export function isDenial(reason: string | null): boolean {
  return /HandlerErrorCode: AccessDenied|is not authorized to perform/.test(reason ?? '');
}
