/** The grammar of resource control policies (orgs_manage_policies_rcps_syntax.html). */
import { AwsError } from '../core/aws-error.ts';
import { checkPolicy } from '../iam/grammar.ts';
import type { PolicyStatement } from '../policy/document.ts';
import { asList, statementsOf } from '../policy/parse.ts';

/** Throws MalformedPolicyDocument. */
export function checkResourcePolicy(text: string): void {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw malformed('This policy contains invalid Json');
  }
  const statements = asList((parsed as { Statement?: PolicyStatement | PolicyStatement[] } | null)?.Statement);
  for (const statement of statements) {
    if (statement.Principal !== '*') throw malformed('Principal must be "*".');
  }
  // Apart from the principal, a statement is that of an identity policy.
  const others = statements.map((statement) => ({ ...statement, Principal: undefined }));
  const document = checkPolicy(JSON.stringify({ ...(parsed as object), Statement: others }), 'identity');
  for (const { Effect, Action } of statementsOf(document)) {
    if (Effect !== 'Deny') throw malformed('Effect must be Deny; only RCPFullAWSAccess allows.');
    if (Action === undefined) throw malformed('NotAction is not supported.');
    if (asList(Action).includes('*')) throw malformed('"*" alone is not supported as an action.');
  }
}

function malformed(message: string): AwsError {
  return new AwsError('MalformedPolicyDocument', message);
}
