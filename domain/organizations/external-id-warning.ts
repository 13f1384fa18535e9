/** The roles of an organization whose external id protects nothing (D12). */
export interface OrganizationExternalIds {
  /** The roles for which Muster was given no external id. */
  absentFrom: readonly ('organization_role' | 'member_role')[];
  /** The organization role, if it accepts Muster without its external id. */
  unenforcedRoleArn: string | null;
}

const names = { organization_role: 'the organization role', member_role: 'the member roles' } as const;

/** The text of the organization's one warning about external ids; null if there is nothing to say. */
export function describeExternalIds({ absentFrom, unenforcedRoleArn }: OrganizationExternalIds): string | null {
  const facts = [
    ...(absentFrom.length === 0 ? [] : [`Muster has no external id for ${absentFrom.map((role) => names[role]).join(' and ')}.`]),
    ...(unenforcedRoleArn === null ? [] : [`The organization role ${unenforcedRoleArn} accepts Muster without its external id.`]),
  ];
  if (facts.length === 0) return null;
  return `${facts.join(' ')} Require an external id in the trust policy of each role: a condition StringEquals on sts:ExternalId. Then submit all credentials with it.`;
}
