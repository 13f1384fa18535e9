/** Default quotas (orgs_reference_limits.html, "Number of policies" and "Policy size" among them). */
export const quotas = {
  units: 2_000,
  /** Levels of OUs under the root. */
  depth: 5,
  tags: 50,
  /** Policies of one type, on one root, OU or account. */
  attachedPolicies: { SERVICE_CONTROL_POLICY: 10, RESOURCE_CONTROL_POLICY: 5 },
  /** Characters of a policy. */
  policySize: { SERVICE_CONTROL_POLICY: 10_240, RESOURCE_CONTROL_POLICY: 5_120 },
} as const;
