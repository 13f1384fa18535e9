import { DescribeOrganizationCommand, ListAccountsCommand, type OrganizationsClient } from '@aws-sdk/client-organizations';
import { cancellationSignal } from '@temporalio/activity';
import type { CredentialCheckItem, DescribedOrganization } from '../../workflows/contracts/credential-check.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { awsCodeOf, awsFailure, isRefusal, meaningOf } from '../aws/errors.ts';
import { notTried, assumeOrganizationRole } from './assume-organization-role.ts';

export interface DescribeOrganizationCheck {
  check: CredentialCheckItem;
  organization: DescribedOrganization | null;
}

/**
 * Reads the organization that the role belongs to (O5). AWS describes an organization to all of its accounts, but lists
 * the accounts only for the management account and delegated administrators. So a role in another account also has to
 * list one account.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeOrganization.html
 */
export async function checkDescribeOrganization(
  dependencies: ActivityDependencies,
  { credentialSetId }: { credentialSetId: string },
): Promise<DescribeOrganizationCheck> {
  const { role, accountId, partition, session } = await assumeOrganizationRole(dependencies, credentialSetId);
  if (!session) return failed(notTried);
  const client = dependencies.aws.organizationsAs(session, partition);
  try {
    const described = await describe(client);
    if (!described) return failed('AWS returned the organization without its id or its management account.');
    const { awsOrganizationId, managementAccountId } = described;
    if (accountId !== managementAccountId)
      await client.send(new ListAccountsCommand({ MaxResults: 1 }), { abortSignal: cancellationSignal() });
    return {
      check: passed(`The role reads the organization ${awsOrganizationId} of the management account ${managementAccountId}.`),
      organization: { ...described, partition },
    };
  } catch (error) {
    if (!isRefusal(meaningOf(error))) throw awsFailure(error, `The role ${role.roleArn} could not read its organization`);
    return failed(explain(error, accountId));
  }
}

async function describe(client: OrganizationsClient): Promise<Omit<DescribedOrganization, 'partition'> | null> {
  const { Organization } = await client.send(new DescribeOrganizationCommand({}), { abortSignal: cancellationSignal() });
  if (!Organization?.Id || !Organization.MasterAccountId) return null;
  return { awsOrganizationId: Organization.Id, managementAccountId: Organization.MasterAccountId };
}

function explain(error: unknown, accountId: string): string {
  if (awsCodeOf(error) === 'AWSOrganizationsNotInUseException')
    return `The account ${accountId} belongs to no organization. Give a role in the organization's management account.`;
  return `AWS does not allow the role to read the organization. The role must be in the management account or in a delegated administrator's account, and its policies must allow it. AWS says: ${(error as Error).message}`;
}

function passed(message: string): CredentialCheckItem {
  return { name: 'describe_organization', passed: true, message };
}

function failed(message: string): DescribeOrganizationCheck {
  return { check: { name: 'describe_organization', passed: false, message }, organization: null };
}
