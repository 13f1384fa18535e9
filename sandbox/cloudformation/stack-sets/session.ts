/** The identity of StackSets in a target account. */
import { createHash } from 'node:crypto';
import { partitionOf } from '../../core/regions.ts';
import { AwsError } from '../../core/aws-error.ts';
import type { Caller } from '../../core/caller.ts';
import type { World } from '../../core/world.ts';
import { getRole } from '../../iam/accounts.ts';
import { effectOnSubject } from '../../policy/evaluate.ts';
import { makeContext } from '../../policy/context.ts';
import { parsePolicy } from '../../policy/parse.ts';
import { stsState } from '../../sts/state.ts';
import type { StackSet } from './state.ts';

const usualAdministrationRole = 'AWSCloudFormationStackSetAdministrationRole';
const usualExecutionRole = 'AWSCloudFormationStackSetExecutionRole';

/**
 * Service-managed: the role that AWS made in each member when StackSets was trusted. Self-managed: the administration role,
 * and with it the execution role in the target (stacksets-prereqs-self-managed.html). Throws AwsError.
 */
export async function sessionIn(world: World, set: StackSet, accountId: string, operationId: string): Promise<Caller> {
  return set.permissionModel === 'SERVICE_MANAGED'
    ? serviceSession(set, accountId, operationId)
    : executionSession(world, set, accountId, operationId);
}

/** stacksets-exec-… has AdministratorAccess; SCPs hold for it, which is why people exempt it by that name (orgs_manage_policies_scps.html). */
function serviceSession({ id, region }: StackSet, accountId: string, operationId: string): Caller {
  const name = `stacksets-exec-${createHash('md5').update(id).digest('hex')}`;
  const partition = partitionOf(region);
  return {
    accountId,
    arn: `arn:${partition}:sts::${accountId}:assumed-role/${name}/${operationId}`,
    userId: `AROASTACKSETSEXEC:${operationId}`,
    principalArn: `arn:${partition}:iam::${accountId}:role/${name}`,
    kind: 'service',
    sessionPolicies: [],
  };
}

async function executionSession(world: World, set: StackSet, accountId: string, operationId: string): Promise<Caller> {
  const administrator = administrationSession(world, set, operationId);
  const roleName = set.executionRoleName ?? usualExecutionRole;
  const RoleArn = `arn:${partitionOf(set.region)}:iam::${accountId}:role/${roleName}`;
  try {
    const { Credentials } = await world.invoke<{ Credentials: { AccessKeyId: string } }>(
      'sts',
      'AssumeRole',
      { RoleArn, RoleSessionName: operationId.slice(0, 64) },
      administrator,
      { region: set.region, via: 'cloudformation' },
    );
    return stsState.of(world).credentials.get(Credentials.AccessKeyId)!.caller;
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'AccessDenied') throw error;
    // In AWS's words (aws-solutions/aws-control-tower-customizations issue 109).
    const trusted = administrator.principalArn.split(':role/')[1]!;
    throw new AwsError(
      'ValidationError',
      `Account ${accountId} should have '${roleName}' role with trust relationship to Role '${trusted}'.`,
    );
  }
}

/** The service assumes the administration role by its trust in cloudformation.amazonaws.com. */
function administrationSession(world: World, set: StackSet, operationId: string): Caller {
  const arn = set.administrationRoleArn ?? `arn:${partitionOf(set.region)}:iam::${set.accountId}:role/${usualAdministrationRole}`;
  const role = getRole(world, set.accountId, arn.split('/').at(-1)!);
  const request = { action: 'sts:AssumeRole', resource: arn, context: makeContext() };
  const trust = effectOnSubject(parsePolicy(role.trustPolicy), { service: 'cloudformation.amazonaws.com' }, request);
  if (trust.effect !== 'allow') throw new AwsError('ValidationError', `Role ${arn} is invalid or cannot be assumed`);
  return {
    accountId: set.accountId,
    arn: `arn:${partitionOf(set.region)}:sts::${set.accountId}:assumed-role/${role.name}/${operationId}`,
    userId: `${role.id}:${operationId}`,
    principalArn: role.arn,
    // Like an instance's, the session of a service is no link of a role chain.
    kind: 'instance-role',
    sessionPolicies: [],
  };
}
