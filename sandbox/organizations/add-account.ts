/** A new member account, as CreateAccount makes it. */
import { randomInt } from 'node:crypto';
import type { World } from '../core/world.ts';
import { prepareRoles } from '../iam/prepared.ts';
import { iamState } from '../iam/state.ts';
import { treeChanged } from './listing.ts';
import { organizationsState } from './state.ts';
import type { AccountCreation, Organization } from './state.ts';

/** The highest quota that AWS grants (orgs_reference_limits.html). */
const maxAccounts = 50_000;

/** Puts the account into the root, with its role for the management account; or says why not (CreateAccountFailureReason). */
export function addAccount(
  world: World,
  organization: Organization,
  { name, email, roleName, tags }: AccountCreation,
): { accountId: string } | { failureReason: string } {
  if (organization.accounts.size >= maxAccounts) return { failureReason: 'ACCOUNT_LIMIT_EXCEEDED' };
  if (emailInUse(world, email)) return { failureReason: 'EMAIL_ALREADY_EXISTS' };
  const accountId = unusedAccountId(world, () => randomInt(100_000_000_000, 999_999_999_999));
  const joinedAt = Date.now();
  organization.accounts.set(accountId, {
    id: accountId,
    name,
    email,
    state: 'ACTIVE',
    joinedMethod: 'CREATED',
    joinedAt,
    parentId: organization.rootId,
    ...(tags.size > 0 ? { tags } : {}),
  });
  enrol(world, organization, accountId);
  const { partition, managementAccountId } = organization;
  const administrators = {
    Effect: 'Allow',
    Principal: { AWS: `arn:${partition}:iam::${managementAccountId}:root` },
    Action: 'sts:AssumeRole',
  };
  prepareRoles(world, accountId, [
    {
      partition,
      name: roleName,
      path: '/',
      description: '',
      trustPolicy: JSON.stringify({ Version: '2012-10-17', Statement: [administrators] }),
      maxSessionDuration: 3_600,
      inline: new Map(),
      attached: [`arn:${partition}:iam::aws:policy/AdministratorAccess`],
      createdAt: joinedAt,
    },
  ]);
  return { accountId };
}

/** Notes an account's organization and partition. */
export function enrol(world: World, organization: Organization, accountId: string): void {
  const { membership, partitions } = organizationsState.of(world);
  membership.set(accountId, organization.id);
  if (organization.partition !== 'aws') partitions.set(accountId, organization.partition);
  treeChanged(organization);
}

/** 12 digits that no account of the sandbox has. */
export function unusedAccountId(world: World, draw: () => number): string {
  for (;;) {
    const id = String(draw());
    const { membership } = organizationsState.of(world);
    if (!membership.has(id) && !iamState.of(world).accounts.has(id) && id !== world.partner?.accountId) return id;
  }
}

function emailInUse(world: World, email: string): boolean {
  for (const organization of organizationsState.of(world).organizations.values()) {
    for (const account of organization.accounts.values()) if (account.email === email) return true;
  }
  return false;
}
