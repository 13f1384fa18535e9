import { describe, expect, it } from 'vitest';
import { formatRoleArn, parseRoleArn, partitions } from './arn.ts';
import { partitionOfArn, partitionRegions } from './partition.ts';

describe('O4: partitions follow the role’s ARN', () => {
  it.each([
    ['arn:aws:iam::111122223333:role/Harvest', 'aws'],
    ['arn:aws-us-gov:iam::111122223333:role/Harvest', 'aws-us-gov'],
    ['arn:aws-cn:organizations::111122223333:account/o-a1b2c3d4e5/111122223333', 'aws-cn'],
    ['arn:aws-eusc:sts::111122223333:assumed-role/Harvest/session', 'aws-eusc'],
    ['arn:aws-iso:iam::111122223333:role/Harvest', null],
    ['arn:aws', null],
    ['Harvest', null],
  ])('%s', (arn, partition) => expect(partitionOfArn(arn)).toBe(partition));

  it.each(partitions)('O1: a member role’s ARN of %s reads back as what it was made of', (partition) => {
    const arn = formatRoleArn(partition, '111122223333', 'Harvest');
    expect(parseRoleArn(arn)).toEqual({ partition, accountId: '111122223333', path: '/', roleName: 'Harvest' });
    expect(partitionOfArn(arn)).toBe(partition);
  });

  it.each([
    ['aws', 'us-east-1', 'us-east-1'],
    ['aws-us-gov', 'us-gov-west-1', 'us-gov-west-1'],
    ['aws-cn', 'cn-north-1', 'cn-northwest-1'],
    ['aws-eusc', 'eusc-de-east-1', 'eusc-de-east-1'],
  ] as const)('%s is called in its own Regions', (partition, sts, organizations) => {
    expect(partitionRegions(partition)).toMatchObject({ sts, organizations });
  });
});
