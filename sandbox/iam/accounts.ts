/** Finding IAM's things in an account, with IAM's sentences when they are not there. */
import { AwsError } from '../core/aws-error.ts';
import type { World } from '../core/world.ts';
import { partitionOfAccount } from '../organizations/tree.ts';
import { unpackRoles } from './prepared.ts';
import { iamState } from './state.ts';
import type { IamAccount, InstanceProfile, Principal, Role, User } from './state.ts';

/** Every 12-digit account exists; it costs nothing until something is in it. */
export function accountOf(world: World, accountId: string): IamAccount {
  const accounts = iamState.of(world).accounts;
  let account = accounts.get(accountId);
  if (!account) {
    account = { roles: new Map(), users: new Map(), instanceProfiles: new Map(), policies: new Map() };
    accounts.set(accountId, account);
    unpackRoles(iamState.of(world), accountId, account);
  }
  return account;
}

export function noSuchEntity(message: string): AwsError {
  return new AwsError('NoSuchEntity', message, 404);
}

export function alreadyExists(message: string): AwsError {
  return new AwsError('EntityAlreadyExists', message, 409);
}

export function limitExceeded(message: string): AwsError {
  return new AwsError('LimitExceeded', message, 409);
}

export type PrincipalKind = 'role' | 'user';

export function findPrincipal(world: World, kind: PrincipalKind, accountId: string, name: string): Role | User | undefined {
  const account = accountOf(world, accountId);
  return (kind === 'role' ? account.roles : account.users).get(name.toLowerCase());
}

/** Throws NoSuchEntity. */
export function getRole(world: World, accountId: string, name: string): Role {
  const role = accountOf(world, accountId).roles.get(name.toLowerCase());
  if (!role) throw noSuchEntity(`The role with name ${name} cannot be found.`);
  return role;
}

/** Throws NoSuchEntity. */
export function getPrincipal(world: World, kind: PrincipalKind, accountId: string, name: string): Principal {
  if (kind === 'role') return getRole(world, accountId, name);
  const user = accountOf(world, accountId).users.get(name.toLowerCase());
  if (!user) throw noSuchEntity(`The user with name ${name} cannot be found.`);
  return user;
}

/** Throws NoSuchEntity. */
export function getInstanceProfile(world: World, accountId: string, name: string): InstanceProfile {
  const profile = accountOf(world, accountId).instanceProfiles.get(name.toLowerCase());
  if (!profile) throw noSuchEntity(`Instance Profile ${name} cannot be found.`);
  return profile;
}

/**
 * The ARN that permission is asked for before it is known whether the thing exists: the real one with its path, or one
 * without a path when there is no such thing.
 */
export function principalArn(world: World, kind: PrincipalKind, accountId: string, name: string): string {
  return (
    findPrincipal(world, kind, accountId, name)?.arn ?? `arn:${partitionOfAccount(world, accountId)}:iam::${accountId}:${kind}/${name}`
  );
}
