import { DescribeStacksCommand, type CloudFormationClient, type Stack } from '@aws-sdk/client-cloudformation';
import { cancellationSignal, heartbeat, sleep } from '@temporalio/activity';
import type { Database } from '../../../db/client.ts';
import type { RequestRun, TimelineEntry } from '../../../workflows/contracts/delegation-onboarding.ts';
import { recordProgress } from '../record-progress.ts';
import { firstFailure, listStackEvents } from './stack-events.ts';

export interface FollowedStack {
  status: string;
  reason: string | null;
}

/**
 * Follows a stack operation to its end, heartbeats, and writes each of its events to the request's timeline. A second
 * run writes nothing twice, because events have ids.
 */
export async function followStack(
  dependencies: { db: Database; pollMs: number; client: CloudFormationClient },
  stack: { run: RequestRun; stackId: string; stackName: string },
): Promise<FollowedStack> {
  const { db, client, pollMs } = dependencies;
  const abortSignal = cancellationSignal();
  const seen = new Set<string>();
  let shownStatus = '';
  for (;;) {
    // The status is read before the events, so that a final status never lacks its last event.
    const status = await readStatus(client, stack.stackId, abortSignal);
    const events = await listStackEvents(client, stack.stackId, abortSignal);
    heartbeat();
    const fresh = events.filter((event) => event.EventId && !seen.has(event.EventId));
    if (fresh.length > 0 || status !== shownStatus) {
      await recordProgress(db, {
        ...stack.run,
        change: { stack: { id: stack.stackId, name: stack.stackName, status } },
        timeline: fresh.map((event): TimelineEntry => ({
          key: `stack-event/${event.EventId}`,
          at: (event.Timestamp ?? new Date()).toISOString(),
          type: 'stack_event',
          message: [`${event.LogicalResourceId} (${event.ResourceType}): ${event.ResourceStatus}`, event.ResourceStatusReason]
            .filter(Boolean)
            .join(' – '),
          detail: {
            logicalResourceId: event.LogicalResourceId,
            resourceType: event.ResourceType,
            resourceStatus: event.ResourceStatus,
            ...(event.PhysicalResourceId ? { physicalResourceId: event.PhysicalResourceId } : {}),
          },
        })),
      });
      for (const event of fresh) seen.add(event.EventId!);
      shownStatus = status;
    }
    if (!status.endsWith('_IN_PROGRESS')) return { status, reason: firstFailure(events) };
    await sleep(pollMs);
  }
}

async function readStatus(client: CloudFormationClient, stackId: string, abortSignal: AbortSignal): Promise<string> {
  const answer = await client.send(new DescribeStacksCommand({ StackName: stackId }), { abortSignal });
  const stack: Stack | undefined = answer.Stacks?.[0];
  return stack?.StackStatus ?? 'UNKNOWN';
}
