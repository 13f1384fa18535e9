/** A sync that removes more than both of these needs a person's confirmation (O17). */
export const maxUnconfirmedRemovals = { share: 0.1, clouds: 5 } as const;

/**
 * True if a person must confirm the removals: they are too many, or they would empty the organization. `clouds` is the number
 * of the organization's clouds before the sync. Removals that a person has confirmed before are in neither number.
 */
export function mustHoldRemovals(removals: number, clouds: number): boolean {
  return exceedRemovalLimit(removals, clouds) || emptyOrganization(removals, clouds);
}

/** True if the removals are more than a tenth of the organization's clouds, and more than five. */
export function exceedRemovalLimit(removals: number, clouds: number): boolean {
  // The comparison uses whole numbers because 0.1 has no exact binary form.
  return removals > maxUnconfirmedRemovals.clouds && removals * (1 / maxUnconfirmedRemovals.share) > clouds;
}

/** True if the removals take all of the organization's clouds, even if these are few. */
export function emptyOrganization(removals: number, clouds: number): boolean {
  return removals > 0 && removals >= clouds;
}
