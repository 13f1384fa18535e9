import type { Activity } from './activity.ts';
import { organizationAttributes } from './organization-work.ts';
import { taskQueue } from './queues.ts';

/**
 * The registered name of the workflow that Temporal Schedules start. It only queues the work and wakes the keeper,
 * because a schedule appends the time to the ids of its workflows and so cannot prevent two runs from overlapping.
 */
export const scheduleTickName = 'scheduleTick';

/** The kinds of work that an organization has schedules for. */
export const scheduledKinds = ['sync', 'badging'] as const;
export type ScheduledKind = (typeof scheduledKinds)[number];

/** The schedule's id. `organizationId` is Muster's, so an organization that is removed and added again gets new schedules. */
export function scheduleId(kind: ScheduledKind, organizationId: string): string {
  return `${kind}-schedule/${organizationId}`;
}

/** The id of the workflows that a schedule starts. Temporal appends the time. */
export function scheduleTickWorkflowId(kind: ScheduledKind, organizationId: string): string {
  return `schedule-tick/${kind}/${organizationId}`;
}

export interface ScheduleTickInput {
  /** Muster's id. */
  organizationId: string;
  kind: ScheduledKind;
}

export interface ScheduleTickResult {
  /** The row of the work, which may have been queued before. Null if the organization is gone. */
  syncId: string | null;
}

/** The activities of a tick. */
export interface ScheduleTickActivities {
  /** Queues a row for the scheduled work, unless one is queued already, and wakes the keeper (signal-with-start). */
  requestScheduledWork: Activity<'registry', ScheduleTickInput, ScheduleTickResult>;
}

/** The action of an organization's schedule. The schedule sets the ids and policies of its runs. */
export function scheduleTickAction(input: ScheduleTickInput, awsOrganizationId: string) {
  return {
    type: 'startWorkflow' as const,
    workflowType: scheduleTickName,
    workflowId: scheduleTickWorkflowId(input.kind, input.organizationId),
    taskQueue,
    args: [input] as [ScheduleTickInput],
    typedSearchAttributes: organizationAttributes(awsOrganizationId),
    staticSummary: `Request the scheduled ${input.kind === 'sync' ? 'sync' : 'auto-badging'} of ${awsOrganizationId}`,
  };
}

const maxJitterMs = 10 * 60_000;

/** The fields of an organization's row that define its schedules. */
export interface ScheduledOrganization {
  /** Muster's id. */
  id: string;
  awsOrganizationId: string;
  syncEveryMinutes: number;
  autoBadgingEveryMinutes: number;
}

/** The definition of an organization's schedule. Whether it is paused is not part of it: Temporal stores that (B6). */
export function scheduleDefinition(organization: ScheduledOrganization, kind: ScheduledKind) {
  const { every, jitter } = scheduleInterval(organization, kind);
  return {
    scheduleId: scheduleId(kind, organization.id),
    spec: { intervals: [{ every }], jitter },
    typedSearchAttributes: organizationAttributes(organization.awsOrganizationId),
    action: scheduleTickAction({ organizationId: organization.id, kind }, organization.awsOrganizationId),
    // A tick only queues work, so the next tick makes up for a missed one.
    policies: { overlap: 'SKIP' as const, catchupWindow: '10m' as const },
  };
}

/** In milliseconds. Temporal counts intervals from 1970, so without a jitter all organizations would be due in the same second. */
export function scheduleInterval({ syncEveryMinutes, autoBadgingEveryMinutes }: ScheduledOrganization, kind: ScheduledKind) {
  const every = (kind === 'sync' ? syncEveryMinutes : autoBadgingEveryMinutes) * 60_000;
  return { every, jitter: Math.min(every / 10, maxJitterMs) };
}
