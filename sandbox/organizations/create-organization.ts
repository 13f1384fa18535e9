/** organizations:CreateOrganization: the caller's account becomes the management account of an organization with all features. */
import { partitionOf } from '../core/regions.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Operation } from '../core/service.ts';
import { newOrganization } from './new-organization.ts';
import { randomText } from './ids.ts';
import { invalidInput } from './errors.ts';
import { organizationsState } from './state.ts';
import type { Partition } from './state.ts';
import { organizationOf } from './tree.ts';
import { organizationView } from './views.ts';

const createOrganization: Operation = (input, call) => {
  const featureSet = input.FeatureSet ?? 'ALL';
  if (featureSet !== 'ALL') throw invalidInput('INVALID_ENUM', 'The sandbox has organizations with all features only.');
  const { world, caller, region } = call;
  call.authorize('organizations:CreateOrganization', '*');
  if (organizationOf(world, caller.accountId)) {
    throw new AwsError('AlreadyInOrganizationException', 'The provided account is already a member of an organization.');
  }
  const organization = newOrganization(world, {
    id: `o-${randomText(10)}`,
    rootId: `r-${randomText(4)}`,
    partition: partitionOf(region) as Partition,
    managementAccount: { id: caller.accountId, name: 'Management', email: `${caller.accountId}@example.com` },
  });
  world.touch(organizationsState);
  return { Organization: organizationView(organization) };
};

export const organizationOperations: Record<string, Operation> = { CreateOrganization: createOrganization };
