/** The bounds and defaults of the intervals of scheduled work, in minutes (O19, B6). */
export const syncMinutes = { min: 1, max: 44_640, default: 720 } as const;
export const autoBadgingMinutes = { min: 1, max: 44_640, default: 60 } as const;
