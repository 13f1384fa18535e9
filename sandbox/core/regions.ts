/** Partitions (AWS General Reference, "AWS Regions and ARNs"): credentials, ARNs and Regions of one mean nothing in another. */

/** The partition of a Region, by its prefix. */
export function partitionOf(region: string): string {
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('eusc-')) return 'aws-eusc';
  return 'aws';
}
