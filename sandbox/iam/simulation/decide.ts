/** One simulated action on one resource (API model, EvaluationResult and ResourceSpecificResult). */
import type { PolicyDocument, PolicyStatement } from '../../policy/document.ts';
import { actionMatches, applies, effectOf } from '../../policy/evaluate.ts';
import type { AccessRequest } from '../../policy/evaluate.ts';
import { asList, statementsOf } from '../../policy/parse.ts';
import { variablesIn } from '../../policy/patterns.ts';
import type { SimulatedPolicies, SourcePolicy } from './policies.ts';

export type EvalDecision = 'allowed' | 'implicitDeny' | 'explicitDeny';

/** A statement that made a decision, and the identity policy that it stands in. */
export interface MatchedStatement {
  policy: SourcePolicy;
  statement: PolicyStatement;
}

export interface Simulated {
  decision: EvalDecision;
  matched: MatchedStatement[];
  missingContext: string[];
  /** Absent where no SCP was looked at. */
  allowedByOrganizations?: boolean;
  /** Absent where no boundary was looked at. */
  allowedByBoundary?: boolean;
}

/**
 * Decides from the context entries alone: a key that the caller did not supply is absent, even if a real request would carry it.
 * That gives the documented false positive: an SCP that denies every principal whose aws:PrincipalArn is *not* like some pattern
 * denies here, because a negated operator holds for an absent key, and does not deny the real call.
 */
export function simulate(policies: SimulatedPolicies, request: AccessRequest): Simulated {
  const missingContext = missingKeys(policies.identity, request);
  const allowedByOrganizations = policies.scps?.every((level) => effectOf(level, request) === 'allow');
  if (allowedByOrganizations === false) {
    // AWS answers implicitDeny and no statement, a Deny in the SCP or not (aws/aws-sdk issue 102, amazon-ecs-exec-checker
    // issue 70), and "does not proceed any further" (EvalDecisionDetails).
    return { decision: 'implicitDeny', matched: [], missingContext, allowedByOrganizations };
  }
  const boundary = policies.boundary && effectOf([policies.boundary], request);
  const details = {
    missingContext,
    ...(allowedByOrganizations === undefined ? {} : { allowedByOrganizations }),
    ...(boundary === undefined ? {} : { allowedByBoundary: boundary === 'allow' }),
  };
  const denying = matching(policies.identity, request, 'Deny');
  if (denying.length > 0 || boundary === 'deny') return { decision: 'explicitDeny', matched: denying, ...details };
  const allowing = matching(policies.identity, request, 'Allow');
  if (allowing.length === 0 || boundary === 'none') return { decision: 'implicitDeny', matched: [], ...details };
  return { decision: 'allowed', matched: allowing, ...details };
}

function matching(policies: readonly SourcePolicy[], request: AccessRequest, effect: PolicyStatement['Effect']): MatchedStatement[] {
  return policies.flatMap((policy) =>
    statementsOf(policy.document)
      .filter((statement) => statement.Effect === effect && applies(statement, request, policy.document.Version))
      .map((statement) => ({ policy, statement })),
  );
}

/** Keys that statements about this action ask for and the caller did not give; "doesn't include context keys referenced by" SCPs. */
function missingKeys(policies: readonly SourcePolicy[], request: AccessRequest): string[] {
  const keys = policies.flatMap(({ document }) =>
    statementsOf(document)
      .filter((statement) => actionMatches(statement, request.action))
      .flatMap((statement) => keysOf(statement, document)),
  );
  const byLowerCase = new Map(keys.map((key) => [key.toLowerCase(), key]));
  return [...byLowerCase].filter(([key]) => !request.context.has(key)).map(([, key]) => key);
}

function keysOf(statement: PolicyStatement, { Version }: PolicyDocument): string[] {
  const conditions = Object.values(statement.Condition ?? {});
  const values = [...conditions.flatMap((keys) => Object.values(keys)), statement.Resource, statement.NotResource].flatMap((value) =>
    asList(value),
  );
  const variables = Version === '2012-10-17' ? values.map(String).flatMap(variablesIn) : [];
  return [...conditions.flatMap((keys) => Object.keys(keys)), ...variables];
}
