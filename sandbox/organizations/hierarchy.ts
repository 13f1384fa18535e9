/** Parents and children (API reference: ListChildren, ListParents, MoveAccount). */
import { AwsError } from '../core/aws-error.ts';
import type { Operation } from '../core/service.ts';
import { enter } from './access.ts';
import { checkParent } from './accounts.ts';
import { notFound } from './errors.ts';
import { patterns, requiredEnum, requiredText } from './input.ts';
import { accountIdsIn, treeChanged, unitIdsIn } from './listing.ts';
import { takePage } from './pages.ts';
import { organizationsState } from './state.ts';

const listChildren: Operation = (input, call) => {
  const parentId = requiredText(input, 'ParentId', patterns.parent);
  const type = requiredEnum(input, 'ChildType', ['ACCOUNT', 'ORGANIZATIONAL_UNIT']);
  const organization = enter(call, 'administrators', [parentId]);
  checkParent(organization, parentId);
  const ids = type === 'ACCOUNT' ? accountIdsIn(organization, parentId) : unitIdsIn(organization, parentId);
  const { keys, rest } = takePage(call, organization, input, ids);
  return { Children: keys.map((Id) => ({ Id, Type: type })), ...rest };
};

/** "In the current release, a child can have only a single parent." */
const listParents: Operation = (input, call) => {
  const childId = requiredText(input, 'ChildId', patterns.child);
  const organization = enter(call, 'administrators', [childId]);
  const child = organization.accounts.get(childId) ?? organization.units.get(childId);
  if (!child) throw notFound('Child');
  const { keys, rest } = takePage(call, organization, input, [child.parentId]);
  return { Parents: keys.map((Id) => ({ Id, Type: Id.startsWith('r-') ? 'ROOT' : 'ORGANIZATIONAL_UNIT' })), ...rest };
};

const moveAccount: Operation = (input, call) => {
  const accountId = requiredText(input, 'AccountId', patterns.account);
  const source = requiredText(input, 'SourceParentId', patterns.parent);
  const destination = requiredText(input, 'DestinationParentId', patterns.parent);
  const organization = enter(call, 'management', [accountId, source, destination]);
  const account = organization.accounts.get(accountId);
  if (!account) throw notFound('Account');
  const isThere = (id: string): boolean => id === organization.rootId || organization.units.has(id);
  if (!isThere(source) || account.parentId !== source) throw notFound('SourceParent');
  if (!isThere(destination)) throw notFound('DestinationParent');
  if (destination === source) throw new AwsError('DuplicateAccountException', 'That account is already present in the destination.');
  account.parentId = destination;
  treeChanged(organization);
  call.world.touch(organizationsState);
};

export const hierarchyOperations: Record<string, Operation> = {
  ListChildren: listChildren,
  ListParents: listParents,
  MoveAccount: moveAccount,
};
