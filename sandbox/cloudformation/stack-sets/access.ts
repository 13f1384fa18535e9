/** Finds the owner of the stack sets that a call is about, and checks that the caller may operate them. */
import { partitionOf } from '../../core/regions.ts';
import type { Call } from '../../core/service.ts';
import type { World } from '../../core/world.ts';
import type { Organization } from '../../organizations/state.ts';
import { organizationOf } from '../../organizations/tree.ts';
import { runningOf } from '../engine/running.ts';
import { validationError } from '../errors.ts';
import { text } from '../input.ts';
import type { Input } from '../input.ts';
import { cloudFormationState } from '../state.ts';
import { notFound } from './errors.ts';
import type { StackSet } from './state.ts';

/** Trusted access for StackSets; a member becomes delegated administrator under the first (services-that-can-integrate-cloudformation.html). */
export const servicePrincipals = ['member.org.stacksets.cloudformation.amazonaws.com', 'stacksets.cloudformation.amazonaws.com'] as const;

/**
 * The account that owns the stack sets that a call means: the caller's own, or with CallAs DELEGATED_ADMIN the management
 * account, "including StackSets that are created by delegated administrators" (API model, CallAs). Throws ValidationError.
 */
export function ownerOf(call: Call, input: Input): string {
  const callAs = text(input, 'CallAs') ?? 'SELF';
  if (callAs === 'SELF') return call.caller.accountId;
  if (callAs !== 'DELEGATED_ADMIN') {
    throw validationError(
      `1 validation error detected: Value '${callAs}' at 'callAs' failed to satisfy constraint: Member must satisfy enum value set: [SELF, DELEGATED_ADMIN]`,
    );
  }
  const organization = organizationOf(call.world, call.caller.accountId);
  const services = organization?.delegatedAdministrators.get(call.caller.accountId);
  if (!organization || !services?.has(servicePrincipals[0])) throw notAdministrator();
  return organization.managementAccountId;
}

/**
 * The organization of a service-managed stack set's owner. Throws ValidationError unless it manages an organization that trusts
 * StackSets.
 */
export function requireOrganization(world: World, ownerId: string): Organization {
  const organization = organizationOf(world, ownerId);
  if (organization?.managementAccountId !== ownerId) throw notAdministrator();
  if (!servicePrincipals.some((principal) => organization.trustedServices.has(principal))) {
    throw validationError('You must enable organizations access to operate a service managed stack set');
  }
  return organization;
}

/** In the words that people report (aws-cloudformation/cloudformation-coverage-roadmap issue 799 and others). */
function notAdministrator(): Error {
  return validationError(
    'You must be the management account or delegated admin account of an organization before operating a SERVICE_MANAGED stack set',
  );
}

export function stackSetsOf(world: World): Map<string, StackSet> {
  return cloudFormationState.of(world).stackSets;
}

/** False when the sandbox stops, or a reset has swept the stack set away. */
export function isCurrent(world: World, set: StackSet): boolean {
  return !runningOf(world).stopped && stackSetsOf(world).get(set.id) === set;
}

/** stackset/name:uuid; any of that name while the id is not known. */
export function stackSetArn(accountId: string, region: string, idOrName: string): string {
  const id = idOrName.includes(':') ? idOrName : `${idOrName}:*`;
  return `arn:${partitionOf(region)}:cloudformation:${region}:${accountId}:stackset/${id}`;
}

/** The active stack set that a name or id means. The caller must be allowed the operation on it. Throws StackSetNotFoundException. */
export function requireStackSet(call: Call, input: Input, nameOrId: string): StackSet {
  const ownerId = ownerOf(call, input);
  const found = [...stackSetsOf(call.world).values()].find(
    (set) =>
      set.accountId === ownerId &&
      set.region === call.region &&
      set.status === 'ACTIVE' &&
      (set.name === nameOrId || set.id === nameOrId || stackSetArn(ownerId, call.region, set.id) === nameOrId),
  );
  call.authorize(`cloudformation:${call.operation}`, stackSetArn(ownerId, call.region, found?.id ?? nameOrId));
  if (found === undefined) throw notFound(nameOrId);
  if (found.permissionModel === 'SERVICE_MANAGED') requireOrganization(call.world, ownerId);
  return found;
}
