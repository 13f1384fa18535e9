import type { Activity } from './activity.ts';
import { ofOrganization } from './organization-work.ts';
import { taskQueue } from './queues.ts';

/**
 * What a Temporal Schedule starts: it only tells the keeper. A schedule appends the time to the ids of its workflows, so
 * it could not by itself keep two runs from overlapping.
 */
export const scheduleTickName = 'scheduleTick';

/** What an organization has schedules for. */
export const scheduledKinds = ['sync', 'badging'] as const;
export type ScheduledKind = (typeof scheduledKinds)[number];

/** The schedule's id; `organizationId` is our own, so that an organization that is added again begins with fresh ones. */
export function scheduleId(kind: ScheduledKind, organizationId: string): string {
  return `${kind}-schedule/${organizationId}`;
}

/** The id of the workflows that a schedule starts; Temporal appends the time. */
export function scheduleTickWorkflowId(kind: ScheduledKind, organizationId: string): string {
  return `schedule-tick/${kind}/${organizationId}`;
}

export interface ScheduleTickInput {
  /** Our own id. */
  organizationId: string;
  kind: ScheduledKind;
}

export interface ScheduleTickResult {
  /** The row that does it, which may have waited already; null when the organization is gone. */
  syncId: string | null;
}

/** The activities of a tick. */
export interface ScheduleTickActivities {
  /** Writes a row for scheduled work, or joins one that waits, and wakes the keeper (signal-with-start). */
  requestScheduledWork: Activity<'registry', ScheduleTickInput, ScheduleTickResult>;
}

/** What an organization's schedule starts; a schedule sets ids and policies of its own for its runs. */
export function scheduleTickAction(input: ScheduleTickInput, awsOrganizationId: string) {
  return {
    type: 'startWorkflow' as const,
    workflowType: scheduleTickName,
    workflowId: scheduleTickWorkflowId(input.kind, input.organizationId),
    taskQueue,
    args: [input] as [ScheduleTickInput],
    typedSearchAttributes: ofOrganization(awsOrganizationId),
    staticSummary: `Request the scheduled ${input.kind === 'sync' ? 'sync' : 'auto-badging'} of ${awsOrganizationId}`,
  };
}

const maxJitterMs = 10 * 60_000;

/** What a schedule is made of, as the organization's row has it. */
export interface ScheduledOrganization {
  /** Our own id. */
  id: string;
  awsOrganizationId: string;
  syncEveryMinutes: number;
  autoBadgingEveryMinutes: number;
}

/** An organization's schedule as it shall be. Whether it is paused is not part of it: Temporal owns that (B6). */
export function scheduleDefinition(organization: ScheduledOrganization, kind: ScheduledKind) {
  const { every, jitter } = scheduleInterval(organization, kind);
  return {
    scheduleId: scheduleId(kind, organization.id),
    spec: { intervals: [{ every }], jitter },
    typedSearchAttributes: ofOrganization(organization.awsOrganizationId),
    action: scheduleTickAction({ organizationId: organization.id, kind }, organization.awsOrganizationId),
    // A tick only tells the keeper, so one that was missed long ago is made up for by the next.
    policies: { overlap: 'SKIP' as const, catchupWindow: '10m' as const },
  };
}

/** In milliseconds. Intervals count from 1970, so without a jitter all organizations would be due in the same second. */
export function scheduleInterval({ syncEveryMinutes, autoBadgingEveryMinutes }: ScheduledOrganization, kind: ScheduledKind) {
  const every = (kind === 'sync' ? syncEveryMinutes : autoBadgingEveryMinutes) * 60_000;
  return { every, jitter: Math.min(every / 10, maxJitterMs) };
}
