/** The bounds and defaults of the intervals of scheduled work, in minutes (O19, B6). */
export const syncMinutes = { min: 1, max: 44_640, default: 720 } as const;
export const autoBadgingMinutes = { min: 1, max: 44_640, default: 60 } as const;

/**
 * The time of the next scheduled run: the schedule's own time if it is known and still to come. Otherwise the next multiple
 * of the interval, counted from 1970 as Temporal counts it; the run follows within a tenth of the interval.
 */
export function nextRun(known: Date | null, everyMinutes: number, now: Date): Date {
  if (known !== null && known > now) return known;
  const every = everyMinutes * 60_000;
  return new Date((Math.floor(now.getTime() / every) + 1) * every);
}
