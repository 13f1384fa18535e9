import { partitions, type Partition } from './arn.ts';

/** Where a partition's services are called. */
export interface PartitionRegions {
  /**
   * The STS Region that Muster calls unless told otherwise: one that every account of the partition has on. Regional
   * endpoints give tokens that opt-in Regions accept too (O4).
   */
  sts: string;
  /**
   * The one Region with an Organizations endpoint; the tagging API knows accounts as resources there only.
   * https://docs.aws.amazon.com/organizations/latest/userguide/region-support.html
   */
  organizations: string;
  /** The Region that IAM's partition-wide endpoint is signed for. */
  iam: string;
}

const regions: Readonly<Record<Partition, PartitionRegions>> = {
  aws: { sts: 'us-east-1', organizations: 'us-east-1', iam: 'us-east-1' },
  'aws-us-gov': { sts: 'us-gov-west-1', organizations: 'us-gov-west-1', iam: 'us-gov-west-1' },
  // China's Organizations endpoint is in Ningxia, its IAM endpoint in Beijing.
  'aws-cn': { sts: 'cn-north-1', organizations: 'cn-northwest-1', iam: 'cn-north-1' },
  'aws-eusc': { sts: 'eusc-de-east-1', organizations: 'eusc-de-east-1', iam: 'eusc-de-east-1' },
};

/** The Regions in which a partition's STS, Organizations and IAM are called. */
export function partitionRegions(partition: Partition): PartitionRegions {
  return regions[partition];
}

/** The partition that any ARN names; null when it is no ARN, or one of a partition that Muster does not work in. */
export function partitionOfArn(arn: string): Partition | null {
  const name = /^arn:([^:]+):/.exec(arn)?.[1];
  return partitions.find((partition) => partition === name) ?? null;
}
