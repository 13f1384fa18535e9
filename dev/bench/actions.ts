import type { Client } from '@temporalio/client';

/**
 * Temporal Cloud bills these events as actions (docs.temporal.io/cloud/actions): a run started or continued, a child
 * started (besides its own start), a timer, a signal, an update, an upsert of search attributes or memo, a marker. Every
 * attempt of an activity counts. Histories hold neither queries nor heartbeats, so the bench does not count them.
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

/** Counts the Temporal actions of all runs that started after `since`, by kind. */
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
