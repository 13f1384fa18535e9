/** An account that leaves its organization: removed, by its own wish, or into another organization. */
import { AwsError } from '../core/aws-error.ts';
import type { Operation } from '../core/service.ts';
import type { World } from '../core/world.ts';
import { organizationArn } from './arns.ts';
import { constraint, notInUse } from './errors.ts';
import { treeChanged } from './listing.ts';
import { organizationsState } from './state.ts';
import type { Organization } from './state.ts';
import { organizationOf } from './tree.ts';

const day = 24 * 3_600_000;

/** "at least four days" from its creation (orgs_manage_accounts_leave-as-member.html; API model, WAIT_PERIOD_ACTIVE). */
const waitDays = 4;

/**
 * Takes an account out, with its tags and attachments; its roles and stacks stay. Throws
 * MasterCannotLeaveOrganizationException or ConstraintViolationException.
 */
export function takeOut(world: World, organization: Organization, id: string): void {
  if (id === organization.managementAccountId) {
    throw new AwsError('MasterCannotLeaveOrganizationException', "You can't remove a management account from an organization.");
  }
  if (organization.delegatedAdministrators.has(id)) {
    throw constraint(
      'CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG',
      'You attempted to remove an account that is registered as a delegated administrator.',
    );
  }
  organization.accounts.delete(id);
  organization.attachments.delete(id);
  organization.resourceControl?.delete(id);
  organizationsState.of(world).membership.delete(id);
  organizationsState.of(world).formerTags.delete(id);
  treeChanged(organization);
  world.touch(organizationsState);
}

/** Throws ConstraintViolationException while an account that was created here is too young to leave by its own wish. */
export function requireAge(world: World, organization: Organization, id: string): void {
  const account = organization.accounts.get(id);
  if (account?.joinedMethod !== 'CREATED' || world.now() - account.joinedAt >= waitDays * day) return;
  throw constraint(
    'WAIT_PERIOD_ACTIVE',
    `The account was created less than ${waitDays} days ago. It can leave the organization after that wait.`,
  );
}

const leave: Operation = (_input, call) => {
  const { world, caller } = call;
  const organization = organizationOf(world, caller.accountId);
  call.authorize('organizations:LeaveOrganization', organization ? organizationArn(organization) : '*');
  if (!organization) throw notInUse();
  requireAge(world, organization, caller.accountId);
  takeOut(world, organization, caller.accountId);
};

export const leaveOperations: Record<string, Operation> = { LeaveOrganization: leave };
