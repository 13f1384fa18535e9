import { scheduleId, type ScheduledKind } from './schedule-tick.ts';
import { ofOrganization, scheduleTickAction } from './start-organizations.ts';

const longestJitter = 10 * 60_000;

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
  return { every, jitter: Math.min(every / 10, longestJitter) };
}
