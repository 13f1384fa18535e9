import type { Database } from '../db/client.ts';
import type { Sealer } from '../db/sealing/sealer.ts';
import type { AwsClients } from './aws/clients.ts';

/** The values that AWS registered for one kind of delegation request. */
export interface RegisteredPolicies {
  policyTemplateArn: string;
  permissionsBoundaryArn: string;
}

/** The values that AWS gave this installation at its registration as a partner. */
export interface DelegationSettings extends RegisteredPolicies {
  /** The same for requests to an organization's management account (D5). */
  organization: RegisteredPolicies;
  notificationTopicArn: string;
  /** The role that customers' roles trust. */
  callerRoleArn: string;
  /** The Region of the stacks in customers' accounts. */
  stackRegion: string;
  /** The page to which the AWS console sends the approver back; null for none. */
  publicUrl: string | null;
  /** Milliseconds between two reads of a stack in progress. */
  stackPollMs: number;
}

/** Everything outside the process that activities use. */
export interface ActivityDependencies {
  db: Database;
  sealer: Sealer;
  aws: AwsClients;
  delegation: DelegationSettings;
}
