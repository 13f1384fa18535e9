import type { OrganizationsClient } from '@aws-sdk/client-organizations';
import type { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { cancellationSignal } from '@temporalio/activity';
import { parseRoleArn } from '../../../../domain/aws/arn.ts';
import { failureTypes } from '../../../../workflows/contracts/failures.ts';
import type { ActivityDependencies } from '../../../dependencies.ts';
import { failure } from '../../../failures.ts';
import { openOrganizationCredentials } from '../../../open-credentials.ts';
import { awsFailure } from '../../../aws/errors.ts';
import type { SessionProvider } from '../../../aws/clients.ts';

/** An organization as its role opens it. */
export interface OrganizationClients {
  organizations: OrganizationsClient;
  tagging: ResourceGroupsTaggingAPIClient;
}

/**
 * Clients that act as the organization role of a credential set. The role is assumed at once, so that a refusal is told
 * as one of the role, and again some minutes before its session ends: a large organization takes longer than a session.
 */
export async function openOrganization(dependencies: ActivityDependencies, credentialSetId: string): Promise<OrganizationClients> {
  const { aws } = dependencies;
  const { organizationRole: role, accessKey } = await openOrganizationCredentials(dependencies, credentialSetId);
  const parsed = parseRoleArn(role.roleArn);
  if (!parsed) throw failure(failureTypes.precondition, `${role.roleArn} is no role`, { code: 'organization_role_refused' });
  const { partition } = parsed;

  const sts = aws.stsFor({ partition, ...(accessKey ? { accessKey } : {}) });
  const session: SessionProvider = async () => {
    const { Credentials: credentials } = await sts.send(
      new AssumeRoleCommand({
        RoleArn: role.roleArn,
        RoleSessionName: role.sessionName,
        ExternalId: role.externalId,
        DurationSeconds: role.durationSeconds,
      }),
      { abortSignal: cancellationSignal() },
    );
    return {
      accessKeyId: credentials!.AccessKeyId!,
      secretAccessKey: credentials!.SecretAccessKey!,
      sessionToken: credentials!.SessionToken!,
      expiration: credentials!.Expiration!,
    };
  };
  const organizations = aws.organizationsAs(session, partition);
  try {
    // The client keeps the session and knows when it ends; the other client asks the same keeper.
    await organizations.config.credentials();
  } catch (error) {
    throw awsFailure(error, `The organization role ${role.roleArn} could not be assumed`, 'organization_role_refused');
  }
  return { organizations, tagging: aws.taggingAs(organizations.config.credentials as SessionProvider, partition) };
}
