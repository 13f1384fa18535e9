import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { IAMClient } from '@aws-sdk/client-iam';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { STSClient } from '@aws-sdk/client-sts';
import type { Partition } from '../../domain/aws/arn.ts';
import type { OwnAccount } from '../../domain/aws/own-account.ts';
import { partitionRegions } from '../../domain/aws/partition.ts';
import { Connections, repeatBrokenCalls } from './broken-connections.ts';
import { createOwnIdentity } from './own-identity.ts';
import { createIamAs, type IamAs } from './iam-as.ts';
import { refuseOwnAccount } from './own-account.ts';
import { reportErrors, type ReportAwsError } from './report-errors.ts';
import { createStsFor, type StsFor } from './sts-for.ts';

/** Temporary credentials. They are never stored and never part of a payload. */
export interface SessionCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
}

/** Temporary credentials, and when they expire. */
export interface ExpiringSession extends SessionCredentials {
  expiration: Date;
}

/** Returns a session that expires; each call returns a new one. */
export type SessionProvider = () => Promise<ExpiringSession>;

/** AWS clients that act as Muster's own identity, as a credential set, or as a session. */
export interface AwsClients {
  iam: IAMClient;
  sts: STSClient;
  stsFor: StsFor;
  iamAs: IamAs;
  /** Organizations, called as a role's session. The SDK renews the session of a provider in time. Connections are shared. */
  organizationsAs(session: SessionCredentials | SessionProvider, partition: Partition): OrganizationsClient;
  /** The tagging API in the Region where it knows accounts as resources, called as a role's session. Connections are shared. */
  taggingAs(session: SessionCredentials | SessionProvider, partition: Partition): ResourceGroupsTaggingAPIClient;
  /** CloudFormation as a session, in the Region of our stacks by default. It has connections of its own: destroy the client. */
  cloudFormation(credentials: SessionCredentials, region?: string): CloudFormationClient;
  close(): void;
}

export interface AwsClientOptions {
  /** The Region of STS and of our own resources. Endpoints are regional, so that opt-in Regions work (O4). */
  region: string;
  stackRegion: string;
  /** The account whose roles the STS clients refuse to assume (B3). */
  ownAccount: OwnAccount;
  /** Called for every failed call. */
  onError?: ReportAwsError;
}

/**
 * Creates the clients. Retries belong to Temporal, so each client tries a call once; only a call that lost its connection is
 * repeated at once, if it may run twice. The timeouts end well before the activity's.
 */
export function createAwsClients(options: AwsClientOptions): AwsClients {
  const common = { maxAttempts: 1, credentials: createOwnIdentity() };
  const prepare = <Client extends Parameters<typeof reportErrors>[0]>(client: Client): Client => {
    // All clients accept the same middleware; only their types name different commands.
    repeatBrokenCalls(client as unknown as STSClient);
    if (options.onError) reportErrors(client, options.onError);
    return client;
  };
  const guarded = (client: STSClient): STSClient => {
    refuseOwnAccount(client, options.ownAccount);
    return prepare(client);
  };
  const shared = { ...common, requestHandler: new Connections(connections) };
  const sts = guarded(new STSClient({ ...shared, region: options.region }));
  const iam = prepare(new IAMClient({ ...shared, region: options.region }));
  return {
    iam,
    sts,
    stsFor: createStsFor(shared, guarded),
    iamAs: createIamAs(shared, prepare),
    organizationsAs: (credentials, partition) =>
      prepare(new OrganizationsClient({ ...shared, region: partitionRegions(partition).organizations, credentials })),
    taggingAs: (credentials, partition) =>
      prepare(new ResourceGroupsTaggingAPIClient({ ...shared, region: partitionRegions(partition).organizations, credentials })),
    cloudFormation: (credentials, region = options.stackRegion) =>
      prepare(new CloudFormationClient({ ...common, requestHandler: new Connections(connections), region, credentials })),
    close: () => shared.requestHandler.destroy(),
  };
}

/** Eight batches of 25 checks run side by side for each organization. */
const agent = { keepAlive: true, maxSockets: 256 };

const connections = {
  connectionTimeout: 3_000,
  requestTimeout: 6_000,
  // Without it the SDK only warns and keeps waiting.
  throwOnRequestTimeout: true,
  httpAgent: agent,
  httpsAgent: agent,
};
