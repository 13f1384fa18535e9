/**
 * The accounts that may call an operation (API reference, each operation's first paragraph): DescribeOrganization any member,
 * the other reads the management account and delegated administrators, changes the management account. IAM is asked first.
 */
import type { Call } from '../core/service.ts';
import { arnOf } from './arns.ts';
import { notForMembers, notInUse } from './errors.ts';
import { settle } from './settle.ts';
import type { Organization } from './state.ts';
import { isDelegatedAdministrator, organizationOf } from './tree.ts';

export type Audience = 'members' | 'administrators' | 'management';

/**
 * The caller's organization, if the caller may do this operation on the root, OUs, accounts or policies of `ids` (none for
 * operations without a resource). Throws AccessDeniedException or AWSOrganizationsNotInUseException.
 */
export function enter(call: Call, audience: Audience, ids: readonly string[] = [], context: Record<string, string> = {}): Organization {
  const { world, caller } = call;
  const organization = organizationOf(world, caller.accountId);
  const resources = organization && ids.length > 0 ? ids.map((id) => arnOf(organization, id)) : ['*'];
  for (const resource of resources) call.authorize(`organizations:${call.operation}`, resource, context);
  if (!organization) throw notInUse();
  const isManagement = caller.accountId === organization.managementAccountId;
  const isIn =
    audience === 'members' || isManagement || (audience === 'administrators' && isDelegatedAdministrator(world, caller.accountId));
  if (!isIn) throw notForMembers();
  settle(world, organization);
  return organization;
}
