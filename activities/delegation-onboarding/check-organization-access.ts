import { DescribeOrganizationsAccessCommand } from '@aws-sdk/client-cloudformation';
import { DescribeOrganizationCommand, type OrganizationsClient } from '@aws-sdk/client-organizations';
import { cancellationSignal } from '@temporalio/activity';
import { eq } from 'drizzle-orm';
import { cloudOrganizations } from '../../db/schema/index.ts';
import type { OrganizationAccess, TokenInput } from '../../workflows/contracts/delegation-onboarding.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { loadRequest } from './load-request.ts';
import { startDelegatedSession } from './start-delegated-session.ts';
import { awsCodeOf } from '../aws/errors.ts';
import { sessionFailure } from '../aws/session-failure.ts';

/**
 * Checks with the delegated credentials, before any deployment, whether the account manages its organization, whether
 * Muster has that organization already, and whether StackSets may work in it (D5). A delegated session may only read
 * Organizations, so the customer has to enable what is missing
 * (IAM user guide, "temporary-delegation-policy-evaluation-guidelines").
 */
export async function checkOrganizationAccess(dependencies: ActivityDependencies, input: TokenInput): Promise<OrganizationAccess> {
  const { db } = dependencies;
  const request = await loadRequest(db, input.requestId);
  const session = await startDelegatedSession(dependencies, input);
  try {
    const organization = await describe(session.organizations);
    if (organization?.managementAccountId !== request.accountId) {
      return { outcome: 'not_management_account', managementAccountId: organization?.managementAccountId ?? null };
    }
    const { awsOrganizationId } = organization;
    const [known] = await db
      .select({ id: cloudOrganizations.id })
      .from(cloudOrganizations)
      .where(eq(cloudOrganizations.awsOrganizationId, awsOrganizationId));
    if (known) return { outcome: 'organization_exists', organizationId: known.id, awsOrganizationId };
    const { Status } = await session.cloudFormation.send(new DescribeOrganizationsAccessCommand({}), { abortSignal: cancellationSignal() });
    return { outcome: Status === 'ENABLED' ? 'ready' : 'trusted_access_off', awsOrganizationId };
  } catch (error) {
    throw sessionFailure(error, `The organization of account ${request.accountId} could not be read`);
  } finally {
    session.close();
  }
}

/** Null for an account outside of any organization. AWS names the management account to every member. */
async function describe(client: OrganizationsClient): Promise<{ awsOrganizationId: string; managementAccountId: string } | null> {
  try {
    const { Organization } = await client.send(new DescribeOrganizationCommand({}), { abortSignal: cancellationSignal() });
    return { awsOrganizationId: Organization!.Id!, managementAccountId: Organization!.MasterAccountId! };
  } catch (error) {
    if (awsCodeOf(error) === 'AWSOrganizationsNotInUseException') return null;
    throw error;
  }
}
