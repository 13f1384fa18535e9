import { registry } from './lib/activity-options.ts';
import type { ScheduleTickInput, ScheduleTickResult } from './contracts/schedule-tick.ts';

/** Queues the scheduled work of an organization (O19, B6). */
export async function scheduleTick(input: ScheduleTickInput): Promise<ScheduleTickResult> {
  return await registry.requestScheduledWork(input);
}
