/** Removals are held for a person's yes above both of these (O17). */
export const maxUnconfirmedRemovals = { share: 0.1, clouds: 5 } as const;

/**
 * True when so many clouds would go that a person must agree: more than a tenth of the organization's clouds, and more
 * than five. `clouds` counts what was listed before the sync.
 */
export function mustHoldRemovals(removals: number, clouds: number): boolean {
  // Compared as whole numbers: 0.1 has no exact binary form.
  return removals > maxUnconfirmedRemovals.clouds && removals * (1 / maxUnconfirmedRemovals.share) > clouds;
}
