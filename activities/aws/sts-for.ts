import { STSClient, type STSClientConfig } from '@aws-sdk/client-sts';
import type { Partition } from '../../domain/aws/arn.ts';
import { partitionRegions } from '../../domain/aws/partition.ts';

/** Who calls STS, and where. */
export interface StsCaller {
  /** The partition of the role: no identity reaches from one partition into another (O4). */
  partition: Partition;
  /** The keys of an IAM user; without them the SDK's default chain, an instance role by IMDSv2 for one (O3). */
  accessKey?: { accessKeyId: string; secretAccessKey: string };
}

/** Gives the STS client of a caller. Its connections are shared and stay open, so nobody destroys it. */
export type StsFor = (caller: StsCaller) => STSClient;

/**
 * STS clients by credential set, on the regional endpoint of the role's partition. The default chain has one client a
 * partition, so that the metadata service is asked once for all; a client with access keys lives no longer than the
 * activity that opened them.
 */
export function createStsFor(shared: STSClientConfig, prepare: (client: STSClient) => STSClient = (client) => client): StsFor {
  const byDefaultChain = new Map<Partition, STSClient>();
  return ({ partition, accessKey }) => {
    const region = partitionRegions(partition).sts;
    if (accessKey) return prepare(new STSClient({ ...shared, region, credentials: accessKey }));
    const known = byDefaultChain.get(partition) ?? prepare(new STSClient({ ...shared, region }));
    byDefaultChain.set(partition, known);
    return known;
  };
}
