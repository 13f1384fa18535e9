/** The Principal element of trust and resource policies (reference_policies_elements_principal.html). */
import type { PolicyStatement } from './document.ts';
import { asList } from './parse.ts';

/** The subject of a resource policy: an identity by its ARNs, or an AWS service. */
export interface Subject {
  accountId?: string;
  /** The caller's own ARN, for a role the session's. */
  arn?: string;
  /** The role's or user's ARN behind the caller. */
  principalArn?: string;
  /** e.g. ec2.amazonaws.com */
  service?: string;
}

/**
 * How a statement names the subject: `direct` (itself, or everyone), `account` (its whole account, which only delegates to
 * that account's own identity policies), or not at all.
 */
export type PrincipalMatch = 'direct' | 'account' | 'none';

export function matchPrincipal(statement: PolicyStatement, subject: Subject): PrincipalMatch {
  if (statement.NotPrincipal !== undefined) {
    return matchElement(statement.NotPrincipal, subject) === 'none' ? 'direct' : 'none';
  }
  return statement.Principal === undefined ? 'none' : matchElement(statement.Principal, subject);
}

function matchElement(element: '*' | Record<string, string | string[]>, subject: Subject): PrincipalMatch {
  // "*" and { "AWS": "*" } mean everyone, AWS's own services too: queue policies for SNS are commonly written so.
  if (element === '*' || asList(element.AWS).includes('*')) return 'direct';
  if (subject.service !== undefined) return asList(element.Service).includes(subject.service) ? 'direct' : 'none';
  let best: PrincipalMatch = 'none';
  for (const value of asList(element.AWS)) {
    // No wildcards inside ARNs: "You cannot use a wildcard to match part of a principal name or ARN."
    if (value === subject.accountId || new RegExp(`^arn:[^:]+:iam::${subject.accountId}:root$`).test(value)) best = 'account';
    else if (value === subject.arn || value === subject.principalArn) return 'direct';
  }
  return best;
}
