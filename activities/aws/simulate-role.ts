import { SimulatePrincipalPolicyCommand, type EvaluationResult, type IAMClient } from '@aws-sdk/client-iam';
import { cancellationSignal } from '@temporalio/activity';
import type { ContextEntry, SimulatedAction } from '../../domain/clouds/simulation.ts';
import type { RoleAction } from '../../domain/organizations/actions.ts';

export interface Simulation {
  roleArn: string;
  actions: readonly RoleAction[];
  context: readonly ContextEntry[];
  /** Simulates the role's own policies and its boundary, as if the account were in no organization. */
  withoutScps?: boolean;
}

/** AWS's maximum; the default is 100. */
const pageSize = 1_000;

/**
 * Simulates what a role may do, as the role itself (O5, O10). An action that is granted on the role's own ARN alone is
 * the simulation call itself, so a successful call proves it. It is not simulated, which saves half of the calls of a
 * small, unpublished rate. Throws AWS's error.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
 */
export async function simulateRole(
  iam: IAMClient,
  { roleArn, actions, context, withoutScps = false }: Simulation,
): Promise<SimulatedAction[]> {
  const simulated = actions.filter(({ on }) => on === 'any').map(({ action }) => action);
  const results: EvaluationResult[] = [];
  let marker: string | undefined;
  do {
    const page = await iam.send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn: roleArn,
        ActionNames: simulated,
        ContextEntries: context.map(({ key, type, values }) => ({
          ContextKeyName: key,
          ContextKeyType: type,
          ContextKeyValues: [...values],
        })),
        ...(withoutScps ? { PolicyExclusionList: [{ PolicyType: 'scp' as const }] } : {}),
        MaxItems: pageSize,
        Marker: marker,
      }),
      { abortSignal: cancellationSignal() },
    );
    results.push(...(page.EvaluationResults ?? []));
    marker = page.IsTruncated ? page.Marker : undefined;
  } while (marker !== undefined);
  const byAction = new Map(results.map((result) => [result.EvalActionName?.toLowerCase(), result]));
  return actions.map(({ action, on }) => (on === 'any' ? read(action, byAction.get(action.toLowerCase())) : proven(action)));
}

const decisions = { allowed: 'allowed', explicitDeny: 'explicit_deny', implicitDeny: 'implicit_deny' } as const;

/** An action without a result is not allowed. */
function read(action: string, result: EvaluationResult | undefined): SimulatedAction {
  return {
    action,
    decision: decisions[result?.EvalDecision ?? 'implicitDeny'],
    allowedByOrganization: result?.OrganizationsDecisionDetail?.AllowedByOrganizations ?? true,
    allowedByBoundary: result?.PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary ?? true,
    missingKeys: result?.MissingContextValues ?? [],
  };
}

function proven(action: string): SimulatedAction {
  return { action, decision: 'allowed', allowedByOrganization: true, allowedByBoundary: true, missingKeys: [] };
}
