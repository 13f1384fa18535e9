import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { OrganizationsClient } from '@aws-sdk/client-organizations';
import { heartbeat } from '@temporalio/activity';
import type { TokenInput } from '../../workflows/contracts/delegation-onboarding.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { redeemToken } from './redeem-token.ts';

/** Clients that act with the delegated credentials of a request. */
export interface DelegatedSession {
  cloudFormation: CloudFormationClient;
  organizations: OrganizationsClient;
  close(): void;
}

/** Redeems the exchange token again. AWS writes partners' policies only in the partition aws, so all delegation is there. */
export async function startDelegatedSession(
  dependencies: Pick<ActivityDependencies, 'db' | 'sealer' | 'aws'>,
  { tokenReference }: TokenInput,
): Promise<DelegatedSession> {
  const credentials = await redeemToken(dependencies, tokenReference);
  heartbeat();
  const cloudFormation = dependencies.aws.cloudFormation(credentials);
  return {
    cloudFormation,
    organizations: dependencies.aws.organizationsAs(credentials, 'aws'),
    close: () => cloudFormation.destroy(),
  };
}
