/** A sync that removes more than both of these needs a person's confirmation (O17). */
export const maxUnconfirmedRemovals = { share: 0.1, clouds: 5 } as const;

/**
 * True if a person must confirm the removals: they are more than a tenth of the organization's clouds, and more than five.
 * `clouds` is the number of the organization's clouds before the sync.
 */
export function mustHoldRemovals(removals: number, clouds: number): boolean {
  // The comparison uses whole numbers because 0.1 has no exact binary form.
  return removals > maxUnconfirmedRemovals.clouds && removals * (1 / maxUnconfirmedRemovals.share) > clouds;
}
