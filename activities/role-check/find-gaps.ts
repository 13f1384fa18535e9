import type { IAMClient } from '@aws-sdk/client-iam';
import { warningCodes } from '../../domain/clouds/check.ts';
import { explainScpDenial, unknownOfScpDenial, type PathLevel } from '../../domain/clouds/scp-denial.ts';
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
  /** Null for an account that no organization brought. */
  place: OrganizationPlace | null;
  /** Reads the service control policies on the account's path; asked only when one denies something, before more is asked of AWS. */
  loadPath: () => Promise<readonly PathLevel[]>;
}

/** What the simulator says to the actions that a harvesting role is asked for. */
interface Verdict {
  answers: SimulatedAction[];
  /** Of the actions that an SCP denies, what the role's own policies and its boundary say. */
  own: ReadonlyMap<string, SimulatedAction>;
  /** The service control policies on the path, when one of them denies something. */
  levels: readonly PathLevel[];
}

/**
 * What a role lacks of what it is asked for (O10), each gap with what stands in its way (O18). The role's tags are read
 * only where they decide, which few policies make them do; then the simulator is asked once more. Throws what AWS
 * answers, but for a refusal to answer, which is a gap of its own, and what loadPath throws.
 */
export async function findGaps(iam: IAMClient, role: AssumedRole): Promise<CloudWarning[]> {
  const { roleArn, accountId, place } = role;
  const untagged = simulationContext({ arn: roleArn, accountId }, place);
  try {
    const first = await simulate(iam, role, untagged);
    const tags = dependsOnTags(first, untagged) ? await readRoleTags(iam, roleArn) : null;
    if (tags === null) return explain(first, untagged, false);
    const tagged = [...untagged, ...tagContext(tags)];
    // Of a role without tags the simulator knew as much.
    return explain(tags.size === 0 ? first : await simulate(iam, role, tagged), tagged, true);
  } catch (error) {
    if (!isRefusal(meaningOf(error))) throw error;
    return [
      {
        code: warningCodes.permissionsUnknown,
        action: 'iam:SimulatePrincipalPolicy',
        message: `AWS does not let the role ask for its own permissions, so gaps in them are not known: ${(error as Error).message}`,
      },
    ];
  }
}

async function simulate(iam: IAMClient, { roleArn, loadPath }: AssumedRole, context: readonly ContextEntry[]): Promise<Verdict> {
  const answers = await simulateRole(iam, { roleArn, actions: memberRoleActions, context });
  const denied = new Set(answers.filter(isDeniedByOrganization).map(({ action }) => action));
  if (denied.size === 0) return { answers, own: new Map(), levels: [] };
  const levels = await loadPath();
  return { answers, own: await simulateOwn(iam, roleArn, context, denied), levels };
}

/**
 * What the role's own policies and its boundary say to actions that an SCP denies: the simulator stops at the SCP, and
 * lifting it may not be all that is missing (O18). Empty where AWS does not let that be asked.
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

/** The simulator names the keys that it missed of the role's own policies; those of SCPs stand in their texts. */
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
