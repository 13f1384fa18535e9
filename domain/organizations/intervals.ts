/** How often scheduled work is done, in minutes: the bounds, and what it is until somebody says otherwise (O19, B6). */
export const syncMinutes = { least: 1, most: 44_640, usual: 720 } as const;
export const autoBadgingMinutes = { least: 1, most: 44_640, usual: 60 } as const;
