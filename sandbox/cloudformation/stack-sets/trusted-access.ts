/** Trusted access as CloudFormation itself turns it on and off (API model, ActivateOrganizationsAccess and its like). */
import type { Call } from '../../core/service.ts';
import { organizationsState } from '../../organizations/state.ts';
import type { Organization } from '../../organizations/state.ts';
import { organizationOf } from '../../organizations/tree.ts';
import { servicePrincipals } from './access.ts';
import { invalidOperation } from './errors.ts';
import type { Input } from '../input.ts';

export function activateOrganizationsAccess(_input: Input, call: Call): unknown {
  requireManaged(call).trustedServices.set(servicePrincipals[0], Date.now());
  call.world.touch(organizationsState);
  return {};
}

export function deactivateOrganizationsAccess(_input: Input, call: Call): unknown {
  const { trustedServices } = requireManaged(call);
  for (const principal of servicePrincipals) trustedServices.delete(principal);
  call.world.touch(organizationsState);
  return {};
}

export function describeOrganizationsAccess(_input: Input, call: Call): unknown {
  call.authorize('cloudformation:DescribeOrganizationsAccess', '*');
  const services = organizationOf(call.world, call.caller.accountId)?.trustedServices;
  return { Status: servicePrincipals.some((principal) => services?.has(principal)) ? 'ENABLED' : 'DISABLED' };
}

/** "Only the organization's management account." Throws InvalidOperationException. */
function requireManaged(call: Call): Organization {
  const { caller, operation, world } = call;
  call.authorize(`cloudformation:${operation}`, '*');
  const organization = organizationOf(world, caller.accountId);
  if (organization?.managementAccountId !== caller.accountId) {
    throw invalidOperation('Your account must be the management account of an organization');
  }
  return organization;
}
