/** EvaluationResults: one for each action, over all its resources (API model, EvaluationResult, "important"). */
import { takePage } from '../pages.ts';
import { simulate } from './decide.ts';
import type { EvalDecision, MatchedStatement, Simulated } from './decide.ts';
import type { SimulationInput } from './input.ts';
import type { SimulatedPolicies } from './policies.ts';

const byStrictness: EvalDecision[] = ['explicitDeny', 'implicitDeny', 'allowed'];

/** A page of results, in the order of the actions in the request. */
export function resultsOf(policies: SimulatedPolicies, input: SimulationInput): object {
  const asked = input.actions.map((action, index) => ({ action, key: String(index).padStart(9, '0') }));
  const { items, rest } = takePage(asked, ({ key }) => key, input.page);
  return { EvaluationResults: items.map(({ action }) => resultOf(policies, action, input)), ...rest };
}

function resultOf(policies: SimulatedPolicies, action: string, { resources, context }: SimulationInput): object {
  const each = resources.map((resource) => ({ resource, result: simulate(policies, { action, resource, context }) }));
  const results = each.map(({ result }) => result);
  const decision = byStrictness.find((one) => results.some((result) => result.decision === one))!;
  const isEverything = resources.length === 1 && resources[0] === '*';
  return {
    EvalActionName: action,
    // "or * if no ARN format is defined for the action": the sandbox knows no ARN formats.
    EvalResourceName: '*',
    EvalDecision: decision,
    // "Only statements that contributed to the reported decision"
    MatchedStatements: statements(results.filter((result) => result.decision === decision).flatMap(({ matched }) => matched)),
    MissingContextValues: [...new Set(results.flatMap(({ missingContext }) => missingContext))],
    ...detail('OrganizationsDecisionDetail', 'AllowedByOrganizations', together(results.map((one) => one.allowedByOrganizations))),
    ...detail('PermissionsBoundaryDecisionDetail', 'AllowedByPermissionsBoundary', together(results.map((one) => one.allowedByBoundary))),
    ...(isEverything ? {} : { ResourceSpecificResults: each.map(({ resource, result }) => specific(resource, result)) }),
  };
}

function specific(resource: string, { decision, matched, missingContext, allowedByBoundary }: Simulated): object {
  return {
    EvalResourceName: resource,
    EvalResourceDecision: decision,
    MatchedStatements: statements(matched),
    MissingContextValues: missingContext,
    ...detail('PermissionsBoundaryDecisionDetail', 'AllowedByPermissionsBoundary', allowedByBoundary),
  };
}

/** Positions in the policies' texts are left out: the model has them optional, and the sandbox keeps documents, not lines. */
function statements(matched: readonly MatchedStatement[]): object[] {
  const once = new Map(matched.map(({ policy, statement }) => [statement, policy]));
  return [...once.values()].map(({ id, type }) => ({ SourcePolicyId: id, SourcePolicyType: type }));
}

/** Whether all allow; undefined where none was asked. */
function together(verdicts: (boolean | undefined)[]): boolean | undefined {
  const given = verdicts.filter((verdict) => verdict !== undefined);
  return given.length === 0 ? undefined : given.every(Boolean);
}

function detail(name: string, member: string, verdict: boolean | undefined): object {
  return verdict === undefined ? {} : { [name]: { [member]: verdict } };
}
