import type { Database } from '../db/client.ts';
import type { Sealer } from '../db/sealing/sealer.ts';
import type { AwsClients } from './aws/clients.ts';

/** What AWS registered for one kind of delegation request. */
export interface RegisteredPolicies {
  policyTemplateArn: string;
  permissionsBoundaryArn: string;
}

/** What AWS gave this installation when it was set up. */
export interface DelegationSettings extends RegisteredPolicies {
  /** The same for an organization's management account (D5). */
  organization: RegisteredPolicies;
  notificationTopicArn: string;
  /** The role that customers' roles trust. */
  callerRoleArn: string;
  /** The Region of the stacks in customers' accounts. */
  stackRegion: string;
  /** Where the AWS console sends the approver back to; null for nowhere. */
  publicUrl: string | null;
  /** Milliseconds between two looks at a stack in progress. */
  stackPollMs: number;
}

/** Everything that activities reach the outside by. */
export interface ActivityDependencies {
  db: Database;
  sealer: Sealer;
  aws: AwsClients;
  delegation: DelegationSettings;
}
