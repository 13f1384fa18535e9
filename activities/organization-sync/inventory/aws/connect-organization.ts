import type { OrganizationsClient } from '@aws-sdk/client-organizations';
import type { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { parseRoleArn } from '../../../../domain/aws/arn.ts';
import { failureTypes } from '../../../../workflows/contracts/failures.ts';
import type { ActivityDependencies } from '../../../dependencies.ts';
import { failure } from '../../../failures.ts';
import { openOrganizationCredentials } from '../../../open-credentials.ts';
import { assumeRole } from '../../../aws/assume-role.ts';
import { awsFailure } from '../../../aws/errors.ts';
import type { SessionProvider } from '../../../aws/clients.ts';

/** Clients that read one organization. */
export interface OrganizationClients {
  organizations: OrganizationsClient;
  tagging: ResourceGroupsTaggingAPIClient;
}

/**
 * Creates clients that act as the organization role of a credential set. The role is assumed at once, so that a refusal
 * fails as a refusal of the role. The SDK assumes it again minutes before the session expires, because a large
 * organization takes longer than a session.
 */
export async function connectOrganization(dependencies: ActivityDependencies, credentialSetId: string): Promise<OrganizationClients> {
  const { aws } = dependencies;
  const { organizationRole: role, accessKey } = await openOrganizationCredentials(dependencies, credentialSetId);
  const parsed = parseRoleArn(role.roleArn);
  if (!parsed) throw failure(failureTypes.precondition, `${role.roleArn} is not the ARN of a role`, { code: 'organization_role_refused' });
  const { partition } = parsed;
  const sts = aws.stsFor({ partition, accessKey });
  const organizations = aws.organizationsAs(() => assumeRole(sts, role), partition);
  try {
    // This client keeps the session until it expires; the other client uses the same credentials.
    await organizations.config.credentials();
  } catch (error) {
    throw awsFailure(error, `The organization role ${role.roleArn} could not be assumed`, 'organization_role_refused');
  }
  return { organizations, tagging: aws.taggingAs(organizations.config.credentials as SessionProvider, partition) };
}
