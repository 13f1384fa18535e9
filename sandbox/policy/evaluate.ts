/**
 * The policy evaluator (reference_policies_evaluation-logic.html): an explicit deny beats every allow, and beside the
 * identity's own policies every level of service control policies, the boundary and each session policy must allow too.
 */
import type { PolicyDocument, PolicyStatement } from './document.ts';
import { conditionsHold } from './conditions.ts';
import type { Context } from './context.ts';
import { asList, statementsOf } from './parse.ts';
import { matchesAction, matchesArn, matchesPattern, substitute } from './patterns.ts';
import { matchPrincipal } from './principals.ts';
import type { PrincipalMatch, Subject } from './principals.ts';

export interface AccessRequest {
  /** e.g. iam:CreateRole */
  action: string;
  /** An ARN, or `*` for actions without a resource. */
  resource: string;
  context: Context;
}

export type Effect = 'allow' | 'deny' | 'none';

export interface IdentityPolicies {
  /** Service control policies, one list for each level from the root to the account; each level must allow. Absent as none. */
  scps?: readonly (readonly PolicyDocument[])[];
  identity: readonly PolicyDocument[];
  boundary?: PolicyDocument;
  /** Each must allow. */
  session: readonly PolicyDocument[];
}

export interface Decision {
  allowed: boolean;
  /** Explicit: a Deny statement. Implicit: nothing allows. Absent when allowed. */
  denial?: 'explicit' | 'implicit';
  /** Which kind of policy denied. */
  by?: 'scp' | 'identity' | 'boundary' | 'session';
}

/** Decides by an identity's own policies; resource policies are judged apart, by effectOnSubject. */
export function evaluateIdentity(policies: IdentityPolicies, request: AccessRequest): Decision {
  const layers: [NonNullable<Decision['by']>, readonly PolicyDocument[]][] = [
    ...(policies.scps ?? []).map((documents): ['scp', readonly PolicyDocument[]] => ['scp', documents]),
    ['identity', policies.identity],
    ...(policies.boundary ? [['boundary', [policies.boundary]] as ['boundary', PolicyDocument[]]] : []),
    ...policies.session.map((document): ['session', PolicyDocument[]] => ['session', [document]]),
  ];
  const effects = layers.map(([by, documents]) => ({ by, effect: effectOf(documents, request) }));
  const denied = effects.find(({ effect }) => effect === 'deny');
  if (denied) return { allowed: false, denial: 'explicit', by: denied.by };
  const silent = effects.find(({ effect }) => effect === 'none');
  if (silent) return { allowed: false, denial: 'implicit', by: silent.by };
  return { allowed: true };
}

/** The effect of all documents of one kind on a request. */
export function effectOf(documents: readonly PolicyDocument[], request: AccessRequest): Effect {
  let effect: Effect = 'none';
  for (const document of documents) {
    for (const statement of statementsOf(document)) {
      if (!applies(statement, request, document.Version)) continue;
      if (statement.Effect === 'Deny') return 'deny';
      effect = 'allow';
    }
  }
  return effect;
}

/** A resource policy's word on a subject; `via` says whether an allow names it itself or only its account. */
export function effectOnSubject(
  document: PolicyDocument,
  subject: Subject,
  request: AccessRequest,
): { effect: Effect; via: PrincipalMatch } {
  let via: PrincipalMatch = 'none';
  for (const statement of statementsOf(document)) {
    const match = matchPrincipal(statement, subject);
    if (match === 'none' || !applies(statement, request, document.Version, true)) continue;
    if (statement.Effect === 'Deny') return { effect: 'deny', via: match };
    if (via !== 'direct') via = match;
  }
  return { effect: via === 'none' ? 'none' : 'allow', via };
}

/** Whether a statement is about a request. Trust policies have no Resource: they stand on theirs. */
export function applies(
  statement: PolicyStatement,
  request: AccessRequest,
  version: string | undefined,
  resourceOptional = false,
): boolean {
  return (
    actionMatches(statement, request.action) &&
    resourceMatches(statement, request, version, resourceOptional) &&
    conditionsHold(statement.Condition, request.context, version)
  );
}

/** Policies are parsed once and shared by thousands of roles, which are asked for the same few actions. */
const knownMatches = new WeakMap<PolicyStatement, Map<string, boolean>>();
const maxKept = 1_000;

/** Whether a statement covers an action; resources and conditions do not count. */
export function actionMatches(statement: PolicyStatement, action: string): boolean {
  let known = knownMatches.get(statement);
  if (!known || known.size >= maxKept) knownMatches.set(statement, (known = new Map()));
  let matches = known.get(action);
  if (matches === undefined) known.set(action, (matches = findActionMatch(statement, action)));
  return matches;
}

function findActionMatch(statement: PolicyStatement, action: string): boolean {
  if (statement.NotAction !== undefined) return !asList(statement.NotAction).some((pattern) => matchesAction(pattern, action));
  return asList(statement.Action).some((pattern) => matchesAction(pattern, action));
}

function resourceMatches(statement: PolicyStatement, request: AccessRequest, version: string | undefined, optional: boolean): boolean {
  const matches = (pattern: string): boolean => {
    const actual = substitute(pattern, request.context, version);
    if (actual === undefined) return false;
    return request.resource === '*' ? matchesPattern(actual, '*') : actual === '*' || matchesArn(actual, request.resource);
  };
  if (statement.NotResource !== undefined) return !asList(statement.NotResource).some(matches);
  if (statement.Resource !== undefined) return asList(statement.Resource).some(matches);
  return optional;
}
