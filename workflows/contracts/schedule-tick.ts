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
