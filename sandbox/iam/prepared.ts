/**
 * Roles that are alike in thousands of accounts. They are stored once, and copied into an account on the first read of the
 * account's IAM. So 50,000 member roles cost little, and each can be assumed.
 */
import { createHash } from 'node:crypto';
import type { World } from '../core/world.ts';
import { awsManagedPolicy } from './aws-managed.ts';
import { iamState } from './state.ts';
import type { IamAccount, IamState, PreparedRole, PrincipalVersion, Role } from './state.ts';

/** Puts roles into an account at once, without IAM's propagation; it must have none of their names. */
export function prepareRoles(world: World, accountId: string, roles: readonly PreparedRole[]): void {
  const iam = iamState.of(world);
  iam.prepared.set(accountId, roles);
  const account = iam.accounts.get(accountId);
  if (account) unpackRoles(iam, accountId, account);
}

/** A prepared role as STS and the policy evaluator see it; undefined when `arn` names none. */
export function preparedPrincipal(iam: IamState, arn: string): NonNullable<PrincipalVersion['principal']> | undefined {
  const accountId = arn.split(':')[4] ?? '';
  const role = iam.prepared.get(accountId)?.find((candidate) => arnOf(candidate, accountId) === arn);
  return role && visible(role, accountId);
}

/** Makes an account's prepared roles its own. */
export function unpackRoles(iam: IamState, accountId: string, account: IamAccount): void {
  for (const role of iam.prepared.get(accountId) ?? []) {
    const own: Role = {
      name: role.name,
      path: role.path,
      id: idOf(role, accountId),
      arn: arnOf(role, accountId),
      accountId,
      createdAt: role.createdAt,
      // As it would have been deployed: the simulator does not know the account.
      inline: new Map([...role.inline].map(([name, text]) => [name, text.replaceAll('${aws:PrincipalAccount}', accountId)])),
      attached: [...role.attached],
      tags: new Map(),
      trustPolicy: role.trustPolicy,
      description: role.description,
      maxSessionDuration: role.maxSessionDuration,
    };
    account.roles.set(own.name.toLowerCase(), own);
    iam.versions.set(own.arn, [{ visibleAt: 0, principal: visible(role, accountId) }]);
  }
  iam.prepared.delete(accountId);
}

function visible(role: PreparedRole, accountId: string): NonNullable<PrincipalVersion['principal']> {
  const attached = role.attached.map((arn) => awsManagedPolicy(arn)).filter((text) => text !== undefined);
  return {
    id: idOf(role, accountId),
    trustPolicy: role.trustPolicy,
    maxSessionDuration: role.maxSessionDuration,
    policies: [...role.inline.values(), ...attached],
    tags: new Map(),
  };
}

function arnOf(role: PreparedRole, accountId: string): string {
  return `arn:${role.partition}:iam::${accountId}:role${role.path}${role.name}`;
}

/** The same each time, because a session's user id begins with its role's. */
function idOf(role: PreparedRole, accountId: string): string {
  const digest = createHash('sha256').update(`${accountId}/${role.name}`).digest('hex').toUpperCase();
  // Base 32 without its letters beyond F: still of the documented alphabet once 0, 1, 8 and 9 are mapped away.
  return `AROA${digest.slice(0, 17).replace(/[0189]/g, (digit) => ({ '0': 'G', '1': 'H', '8': 'I', '9': 'J' })[digit]!)}`;
}
