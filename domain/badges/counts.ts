/** What auto-badging did; in numbers of badges, but for `clouds`. */
export interface BadgingCounts {
  /** Clouds looked at. */
  clouds: number;
  created: number;
  updated: number;
  deleted: number;
  /** Badges that a person made and a tag has now. */
  adopted: number;
  /** Tags that made no badge, because their key is the system's. */
  skipped: number;
}

export const noBadgingCounts: BadgingCounts = { clouds: 0, created: 0, updated: 0, deleted: 0, adopted: 0, skipped: 0 };
