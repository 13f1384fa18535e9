import type { IAMClient } from '@aws-sdk/client-iam';
import type { RoleCredentials } from '../../db/sealing/secrets.ts';
import { parseRoleArn } from '../../domain/aws/arn.ts';
import { warningCodes, type CheckOutcome } from '../../domain/clouds/check.ts';
import { explainScpDenial, type PathLevel } from '../../domain/clouds/scp-denial.ts';
import {
  gapOf,
  isDeniedByOrganization,
  simulationContext,
  type OrganizationPlace,
  type SimulatedAction,
} from '../../domain/clouds/simulation.ts';
import type { CloudWarning } from '../../domain/clouds/status.ts';
import { memberRoleActions } from '../../domain/organizations/actions.ts';
import { assumeRole } from './assume-role.ts';
import type { AwsClients, SessionCredentials } from './clients.ts';
import { isRefusal, meaningOf } from './errors.ts';
import { callerFailure, refusalOf } from './role-refusal.ts';
import { simulateRole, type Simulation } from './simulate-role.ts';
import type { StsCaller } from './sts-for.ts';

export interface HarvestingRole {
  credentials: RoleCredentials;
  accessKey?: StsCaller['accessKey'];
  /** Null for an account that no organization brought. */
  place: OrganizationPlace | null;
  /** Reads the service control policies on the account's path; asked only when one of them denies something. */
  loadPath: () => Promise<readonly PathLevel[]>;
}

export type RoleVerdict = Extract<CheckOutcome, { kind: 'accepted' | 'denied' }>;

/**
 * Assumes a harvesting role, then asks it what it may do (O10). A refusal is a verdict. Throws AWS's own error when
 * nothing was learnt, and a failure when AWS does not accept who calls, which is the same for every role.
 */
export async function checkRole(aws: Pick<AwsClients, 'stsFor' | 'iamAs'>, role: HarvestingRole): Promise<RoleVerdict> {
  const { roleArn } = role.credentials;
  const { partition, accountId } = parseRoleArn(roleArn)!;
  let session: SessionCredentials;
  try {
    session = await assumeRole(aws.stsFor({ partition, accessKey: role.accessKey }), role.credentials);
  } catch (error) {
    const concernsAll = callerFailure(error);
    if (concernsAll) throw concernsAll;
    const reason = refusalOf(error, roleArn);
    if (reason) return { kind: 'denied', reason };
    throw error;
  }
  return { kind: 'accepted', warnings: await findGaps(aws.iamAs(session, partition), accountId, role) };
}

async function findGaps(iam: IAMClient, accountId: string, { credentials, place, loadPath }: HarvestingRole): Promise<CloudWarning[]> {
  const { roleArn } = credentials;
  const context = simulationContext({ arn: roleArn, accountId }, place);
  let answers: SimulatedAction[];
  try {
    answers = await simulateRole(iam, { roleArn, actions: memberRoleActions, context });
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
  const denied = new Set(answers.filter(isDeniedByOrganization).map(({ action }) => action));
  if (denied.size === 0) return answers.map(gapOf).filter((gap) => gap !== null);

  const [own, levels] = [await simulateOwn(iam, { roleArn, context }, denied), await loadPath()];
  return answers.flatMap((answer) => {
    if (!denied.has(answer.action)) return [gapOf(answer)].filter((gap) => gap !== null);
    const alone = own.get(answer.action);
    return [...explainScpDenial(answer.action, levels, context), ...[alone ? gapOf(alone) : null].filter((gap) => gap !== null)];
  });
}

/**
 * What the role's own policies and its boundary say to actions that an SCP denies: the simulator stops at the SCP, and
 * lifting it may not be all that is missing (O18). Empty where AWS does not let that be asked.
 */
async function simulateOwn(
  iam: IAMClient,
  asked: Pick<Simulation, 'roleArn' | 'context'>,
  denied: ReadonlySet<string>,
): Promise<Map<string, SimulatedAction>> {
  try {
    const actions = memberRoleActions.filter(({ action }) => denied.has(action));
    const answers = await simulateRole(iam, { ...asked, actions, withoutScps: true });
    return new Map(answers.map((answer) => [answer.action, answer]));
  } catch (error) {
    if (!isRefusal(meaningOf(error))) throw error;
    return new Map();
  }
}
