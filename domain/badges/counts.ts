/** The work of auto-badging, in numbers of badges except for `clouds`. */
export interface BadgingCounts {
  /** The clouds whose tags were compared. */
  clouds: number;
  created: number;
  updated: number;
  deleted: number;
  /** A person's badges that became badges of tags. */
  adopted: number;
  /** Tags that made no badge because their key is reserved for the system. */
  skipped: number;
}

export const noBadgingCounts: BadgingCounts = { clouds: 0, created: 0, updated: 0, deleted: 0, adopted: 0, skipped: 0 };
