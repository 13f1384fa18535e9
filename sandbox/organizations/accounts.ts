/** Reading accounts (API reference: ListAccounts, ListAccountsForParent, DescribeAccount) and the organization itself. */
import type { Operation } from '../core/service.ts';
import { enter } from './access.ts';
import { notFound } from './errors.ts';
import { patterns, requiredText } from './input.ts';
import { accountIdsIn, allAccountIds } from './listing.ts';
import { takePage } from './pages.ts';
import type { Organization } from './state.ts';
import { accountView, organizationView } from './views.ts';

const describeOrganization: Operation = (_input, call) => ({ Organization: organizationView(enter(call, 'members')) });

const listAccounts: Operation = (input, call) => {
  const organization = enter(call, 'administrators');
  const { keys, rest } = takePage(call, organization, input, allAccountIds(organization));
  return { Accounts: keys.map((id) => accountView(call.world, organization, id)), ...rest };
};

const listAccountsForParent: Operation = (input, call) => {
  const parentId = requiredText(input, 'ParentId', patterns.parent);
  const organization = enter(call, 'administrators', [parentId]);
  checkParent(organization, parentId);
  const { keys, rest } = takePage(call, organization, input, accountIdsIn(organization, parentId));
  return { Accounts: keys.map((id) => accountView(call.world, organization, id)), ...rest };
};

const describeAccount: Operation = (input, call) => {
  const id = requiredText(input, 'AccountId', patterns.account);
  const organization = enter(call, 'administrators', [id]);
  if (!organization.accounts.has(id)) throw notFound('Account');
  return { Account: accountView(call.world, organization, id) };
};

/** Throws ParentNotFoundException. */
export function checkParent(organization: Organization, id: string): void {
  if (id !== organization.rootId && !organization.units.has(id)) throw notFound('Parent');
}

export const accountOperations: Record<string, Operation> = {
  DescribeOrganization: describeOrganization,
  ListAccounts: listAccounts,
  ListAccountsForParent: listAccountsForParent,
  DescribeAccount: describeAccount,
};
