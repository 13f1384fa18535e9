import { STSClient, type STSClientConfig } from '@aws-sdk/client-sts';
import type { Partition } from '../../domain/aws/arn.ts';
import { partitionRegions } from '../../domain/aws/partition.ts';

/** The caller of STS and the partition that it calls. */
export interface StsCaller {
  /** The partition of the role: an identity reaches no other partition (O4). */
  partition: Partition;
  /** The keys of an IAM user. Without them the SDK's default chain is used, such as an instance role by IMDSv2 (O3). */
  accessKey?: { accessKeyId: string; secretAccessKey: string };
}

/** Returns the STS client of a caller. Do not destroy the client: connections are shared. */
export type StsFor = (caller: StsCaller) => STSClient;

/**
 * STS clients on the regional endpoint of the role's partition. The default chain has one client a partition, so that
 * the metadata service is called once. A client with access keys lives no longer than the activity that decrypted them.
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
