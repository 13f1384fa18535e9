/** Accounts that come and go (API reference: CreateAccount, CloseAccount, RemoveAccountFromOrganization and their like). */
import { controlState } from '../control/state.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Operation } from '../core/service.ts';
import { enter } from './access.ts';
import { alreadyClosed, constraint, notFound } from './errors.ts';
import { randomText } from './ids.ts';
import { takeOut } from './leave.ts';
import { optionalText, patterns, requiredName, requiredText } from './input.ts';
import { treeChanged } from './listing.ts';
import { organizationsState } from './state.ts';
import type { AccountCreation, Organization } from './state.ts';
import { readTags } from './tag-rules.ts';
import { isClosedAccount } from './tree.ts';

/** Continues after the answer, which is always IN_PROGRESS, as AWS's. */
const createAccount: Operation = (input, call) => {
  const email = requiredName(input, 'Email', 64, 6);
  const name = requiredName(input, 'AccountName', 50);
  const roleName = optionalText(input, 'RoleName', patterns.roleName) ?? 'OrganizationAccountAccessRole';
  const tags = readTags(input);
  const organization = enter(call, 'management');
  const now = Date.now();
  const creation: AccountCreation = {
    id: `car-${randomText(32)}`,
    name,
    email,
    roleName,
    tags,
    requestedAt: now,
    dueAt: now + controlState.of(call.world).limits.stackStepMs,
    state: 'IN_PROGRESS',
  };
  organization.creations.set(creation.id, creation);
  call.world.touch(organizationsState);
  return { CreateAccountStatus: creationView(creation) };
};

const describeCreation: Operation = (input, call) => {
  const id = requiredText(input, 'CreateAccountRequestId', patterns.creation);
  const creation = enter(call, 'administrators').creations.get(id);
  if (!creation) {
    throw new AwsError('CreateAccountStatusNotFoundException', "We can't find a create account request with that ID.");
  }
  return { CreateAccountStatus: creationView(creation) };
};

/** The account goes to PENDING_CLOSURE, and after a while to CLOSED (orgs_manage_accounts_close.html). */
const closeAccount: Operation = (input, call) => {
  const id = requiredText(input, 'AccountId', patterns.account);
  const organization = enter(call, 'management', [id]);
  const account = organization.accounts.get(id);
  if (!account) throw notFound('Account');
  if (id === organization.managementAccountId) {
    throw constraint('CANNOT_CLOSE_MANAGEMENT_ACCOUNT', 'You cannot close the management account of an organization.');
  }
  if (isClosedAccount(call.world, id)) throw alreadyClosed(account.state);
  if (closedLately(organization) >= closeQuota(organization)) {
    throw constraint('CLOSE_ACCOUNT_QUOTA_EXCEEDED', 'You have exceeded close account quota for the past 30 days.');
  }
  account.state = 'PENDING_CLOSURE';
  account.closedAt = Date.now();
  organization.closing.add(id);
  treeChanged(organization);
  call.world.touch(organizationsState);
};

/** "10% of active member accounts", at least 10 and at most 1,000, in 30 days (orgs_reference_limits.html). */
function closeQuota(organization: Organization): number {
  return Math.max(10, Math.min(1_000, Math.floor(organization.accounts.size / 10)));
}

function closedLately(organization: Organization): number {
  const since = Date.now() - 30 * 24 * 3_600_000;
  return [...organization.accounts.values()].filter(({ closedAt }) => closedAt !== undefined && closedAt > since).length;
}

const removeAccount: Operation = (input, call) => {
  const id = requiredText(input, 'AccountId', patterns.account);
  const organization = enter(call, 'management', [id]);
  if (!organization.accounts.has(id)) throw notFound('Account');
  takeOut(call.world, organization, id);
};

function creationView(creation: AccountCreation): object {
  return {
    Id: creation.id,
    AccountName: creation.name,
    State: creation.state,
    RequestedTimestamp: new Date(creation.requestedAt),
    ...(creation.completedAt === undefined ? {} : { CompletedTimestamp: new Date(creation.completedAt) }),
    ...(creation.accountId === undefined ? {} : { AccountId: creation.accountId }),
    ...(creation.failureReason === undefined ? {} : { FailureReason: creation.failureReason }),
  };
}

export const lifecycleOperations: Record<string, Operation> = {
  CreateAccount: createAccount,
  DescribeCreateAccountStatus: describeCreation,
  CloseAccount: closeAccount,
  RemoveAccountFromOrganization: removeAccount,
};
