import type { IAMClient } from '@aws-sdk/client-iam';
import { statusCodes, warningCodes, type StatusReason } from '../../domain/clouds/check.ts';
import { explainScpDenial, findScpDenials, unknownOfScpDenial, type PathLevel } from '../../domain/clouds/scp-denial.ts';
import {
  includesPrincipalTag,
  gapOf,
  isDeniedByOrganization,
  knownContext,
  simulationContext,
  tagContext,
  type ContextEntry,
  type OrganizationPlace,
  type SimulatedAction,
} from '../../domain/clouds/simulation.ts';
import type { CloudWarning } from '../../domain/clouds/status.ts';
import { memberRoleActions } from '../../domain/organizations/actions.ts';
import { isRefusal, meaningOf } from '../aws/errors.ts';
import { readRoleTags } from '../aws/read-role-tags.ts';
import { simulateRole } from '../aws/simulate-role.ts';

/** A role that was assumed. */
export interface AssumedRole {
  roleArn: string;
  accountId: string;
  /** Null for an account outside of a registered organization. */
  place: OrganizationPlace | null;
  /** Reads the service control policies on the account's path. Called only if a policy denies something, before further calls to AWS. */
  loadPath: () => Promise<readonly PathLevel[]>;
}

/** The simulator's answers for the actions that a harvesting role needs. */
interface Verdict {
  answers: SimulatedAction[];
  /** For actions that an SCP denies: the answers of the role's own policies and its boundary. */
  own: ReadonlyMap<string, SimulatedAction>;
  /** The service control policies on the path, if one of them denies something. */
  levels: readonly PathLevel[];
}

/** The action that answers all questions about a role. */
const simulateAction = 'iam:SimulatePrincipalPolicy';

/** The permissions that a role lacks; or the reason why Muster can learn nothing about them. */
export type RoleGaps = { warnings: CloudWarning[] } | { blocked: StatusReason };

/**
 * The permissions that a role lacks (O10), each with its cause (O18). The role's tags are read only if they decide,
 * which is rare; then the simulation is repeated with them. If AWS denies the simulation, that is a gap of its own; if a
 * service control policy denies it, the role is blocked. Throws AWS's other errors, and what loadPath throws.
 */
export async function findGaps(iam: IAMClient, role: AssumedRole): Promise<RoleGaps> {
  const { roleArn, accountId, place } = role;
  const untagged = simulationContext({ arn: roleArn, accountId }, place);
  try {
    const first = await simulate(iam, role, untagged);
    const tags = dependsOnTags(first, untagged) ? await readRoleTags(iam, roleArn) : null;
    if (tags === null) return { warnings: explain(first, untagged, false) };
    const tagged = [...untagged, ...tagContext(tags)];
    // For a role without tags, the first simulation was complete.
    return { warnings: explain(tags.size === 0 ? first : await simulate(iam, role, tagged), tagged, true) };
  } catch (error) {
    if (!isRefusal(meaningOf(error))) throw error;
    return await explainRefusal(role, knownContext(untagged, false), (error as Error).message);
  }
}

/** Explains why AWS does not allow the simulation itself. AWS may name the policy, and need not (O18). */
async function explainRefusal(
  { roleArn, place, loadPath }: AssumedRole,
  context: ReturnType<typeof knownContext>,
  awsMessage: string,
): Promise<RoleGaps> {
  const { sure, possible } = findScpDenials(simulateAction, place === null ? [] : await loadPath(), context);
  if (sure.length > 0 || /explicit deny in a service control policy/i.test(awsMessage)) {
    const known = sure.length > 0 ? sure : possible.map(({ message }) => message);
    const cause = known.length > 0 ? known.join(' ') : `AWS says: ${awsMessage}.`;
    const message = `Muster can assume the role ${roleArn}, but a service control policy of its organization blocks it. ${cause} Exempt the role in that policy, or exclude the account from the scope.`;
    return { blocked: { code: statusCodes.blockedByScp, message } };
  }
  const unknown: CloudWarning = {
    code: warningCodes.permissionsUnknown,
    action: simulateAction,
    message: `AWS does not allow the role to simulate its own permissions, so missing permissions are unknown: ${awsMessage}`,
  };
  return { warnings: [unknown, ...possible] };
}

async function simulate(iam: IAMClient, { roleArn, loadPath }: AssumedRole, context: readonly ContextEntry[]): Promise<Verdict> {
  const answers = await simulateRole(iam, { roleArn, actions: memberRoleActions, context });
  const denied = new Set(answers.filter(isDeniedByOrganization).map(({ action }) => action));
  if (denied.size === 0) return { answers, own: new Map(), levels: [] };
  const levels = await loadPath();
  return { answers, own: await simulateOwn(iam, roleArn, context, denied), levels };
}

/**
 * The answers of the role's own policies and its boundary for actions that an SCP denies. The simulator stops at the
 * SCP, and more may be missing than lifting it (O18). Empty if AWS denies that simulation.
 */
async function simulateOwn(
  iam: IAMClient,
  roleArn: string,
  context: readonly ContextEntry[],
  denied: ReadonlySet<string>,
): Promise<Map<string, SimulatedAction>> {
  try {
    const actions = memberRoleActions.filter(({ action }) => denied.has(action));
    const answers = await simulateRole(iam, { roleArn, actions, context, withoutScps: true });
    return new Map(answers.map((answer) => [answer.action, answer]));
  } catch (error) {
    if (!isRefusal(meaningOf(error))) throw error;
    return new Map();
  }
}

/** The simulator names missing context keys of the role's own policies only. The keys of SCPs are in their texts. */
function dependsOnTags({ answers, levels }: Verdict, context: readonly ContextEntry[]): boolean {
  const known = knownContext(context, false);
  return includesPrincipalTag([
    ...answers.flatMap(({ missingKeys }) => missingKeys),
    ...answers.filter(isDeniedByOrganization).flatMap(({ action }) => unknownOfScpDenial(action, levels, known)),
  ]);
}

function explain({ answers, own, levels }: Verdict, context: readonly ContextEntry[], areTagsKnown: boolean): CloudWarning[] {
  const known = knownContext(context, areTagsKnown);
  return answers.flatMap((answer) => {
    if (!isDeniedByOrganization(answer)) return gapsOf(answer);
    return [...explainScpDenial(answer.action, levels, known), ...gapsOf(own.get(answer.action))];
  });
}

function gapsOf(answer: SimulatedAction | undefined): CloudWarning[] {
  const gap = answer ? gapOf(answer) : null;
  return gap ? [gap] : [];
}
