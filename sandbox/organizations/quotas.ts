/** Default quotas (orgs_reference_limits.html). */
export const quotas = {
  units: 2_000,
  /** Levels of OUs under the root. */
  depth: 5,
  tags: 50,
  /** Policies of one type, on one root, OU or account. */
  attachedPolicies: 5,
  /** Characters of an SCP. */
  policySize: 5_120,
} as const;
