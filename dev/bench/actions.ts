import type { Client } from '@temporalio/client';

/**
 * What Temporal Cloud bills as an action (docs.temporal.io/cloud/actions), by the attributes of its event: a run started
 * or continued, a child started (beside its own start), a timer, a signal, an update, an upsert of search attributes or
 * memo, a marker. An activity counts with every attempt. Histories hold neither queries nor heartbeats, so those are not
 * counted.
 */
const billable = [
  'workflowExecutionStartedEventAttributes',
  'startChildWorkflowExecutionInitiatedEventAttributes',
  'timerStartedEventAttributes',
  'workflowExecutionSignaledEventAttributes',
  'workflowExecutionUpdateAcceptedEventAttributes',
  'upsertWorkflowSearchAttributesEventAttributes',
  'workflowPropertiesModifiedEventAttributes',
  'markerRecordedEventAttributes',
] as const;

/** The Temporal actions of all runs that began since then, by kind. */
export async function countActions(client: Client, since: Date): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const add = (kind: string, number: number) => {
    counts[kind] = (counts[kind] ?? 0) + number;
  };
  for await (const { workflowId, runId } of client.workflow.list({ query: `StartTime >= "${since.toISOString()}"` })) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    for (const event of events ?? []) {
      const kind = billable.find((name) => event[name]);
      if (kind) add(kind.replace('EventAttributes', ''), 1);
      if (event.activityTaskStartedEventAttributes) add('activityAttempt', event.activityTaskStartedEventAttributes.attempt ?? 1);
    }
  }
  return counts;
}
