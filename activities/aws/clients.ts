import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { IAMClient } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import { reportErrors, type ReportAwsError } from './report-errors.ts';

/** Temporary credentials, never stored and never in a payload. */
export interface SessionCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
}

/** AWS clients that act as Muster's own identity, or as a delegated session. */
export interface AwsClients {
  iam: IAMClient;
  sts: STSClient;
  cloudFormation(credentials: SessionCredentials): CloudFormationClient;
  close(): void;
}

export interface AwsClientOptions {
  /** The Region of STS and of our own resources; regional endpoints, so that opt-in Regions work (O4). */
  region: string;
  stackRegion: string;
  /** Hears of every call that failed. */
  onError?: ReportAwsError;
}

/**
 * Makes the clients. Retries belong to Temporal, so each call is tried once; it gives up well before its activity does.
 */
export function createAwsClients(options: AwsClientOptions): AwsClients {
  const common = { maxAttempts: 1, requestHandler: { connectionTimeout: 3_000, requestTimeout: 6_000 } };
  const reporting = <Client extends Parameters<typeof reportErrors>[0]>(client: Client): Client => {
    if (options.onError) reportErrors(client, options.onError);
    return client;
  };
  const iam = reporting(new IAMClient({ ...common, region: options.region }));
  const sts = reporting(new STSClient({ ...common, region: options.region }));
  return {
    iam,
    sts,
    cloudFormation: (credentials) => reporting(new CloudFormationClient({ ...common, region: options.stackRegion, credentials })),
    close() {
      iam.destroy();
      sts.destroy();
    },
  };
}
