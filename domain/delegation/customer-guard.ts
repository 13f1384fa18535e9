/** A guard of the customer's organization or account that refused a call, although the caller itself may have the right. */
export interface CustomerGuard {
  kind: 'service control policy' | 'resource control policy' | 'permissions boundary';
  /** The guard's ARN; null unless AWS names it. */
  arn: string | null;
}

const guardPattern =
  /with an explicit deny in an? (service control policy|resource control policy|permissions boundary)(?:: (arn:[^\s"']*[^\s"'.,;)]))?|because no (service control policy|resource control policy|permissions boundary) allows/i;

/**
 * The guard that AWS's sentence about a denial names; null if the caller's own rights are the cause.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function customerGuardOf(text: string | null): CustomerGuard | null {
  const match = guardPattern.exec(text ?? '');
  if (!match) return null;
  return { kind: (match[1] ?? match[3])!.toLowerCase() as CustomerGuard['kind'], arn: match[2] ?? null };
}

/** The remedy for a refusal of a guard, as a sentence. */
export function guardRemedy({ kind, arn }: CustomerGuard): string {
  return `A ${kind} of the customer refused the call${arn === null ? '' : `: ${arn}`}. An administrator must exempt the action or the Region in it; approval by another person does not help.`;
}
