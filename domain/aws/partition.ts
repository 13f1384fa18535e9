import { partitions, type Partition } from './arn.ts';

/** The Regions in which Muster calls a partition's services. */
export interface PartitionRegions {
  /**
   * The default Region for STS. It is active in every account of the partition. Tokens of regional endpoints are valid in
   * opt-in Regions, too (O4).
   */
  sts: string;
  /**
   * The only Region with an Organizations endpoint. The tagging API has the tags of accounts only there.
   * https://docs.aws.amazon.com/organizations/latest/userguide/region-support.html
   */
  organizations: string;
  /** The signing Region of the partition's IAM endpoint. */
  iam: string;
}

const regions: Readonly<Record<Partition, PartitionRegions>> = {
  aws: { sts: 'us-east-1', organizations: 'us-east-1', iam: 'us-east-1' },
  'aws-us-gov': { sts: 'us-gov-west-1', organizations: 'us-gov-west-1', iam: 'us-gov-west-1' },
  // China's Organizations endpoint is in Ningxia, its IAM endpoint in Beijing.
  'aws-cn': { sts: 'cn-north-1', organizations: 'cn-northwest-1', iam: 'cn-north-1' },
  'aws-eusc': { sts: 'eusc-de-east-1', organizations: 'eusc-de-east-1', iam: 'eusc-de-east-1' },
};

/** The Regions of a partition. */
export function partitionRegions(partition: Partition): PartitionRegions {
  return regions[partition];
}

/** The partition of an ARN; null for any other text and for a partition that Muster does not support. */
export function partitionOfArn(arn: string): Partition | null {
  const name = /^arn:([^:]+):/.exec(arn)?.[1];
  return partitions.find((partition) => partition === name) ?? null;
}
