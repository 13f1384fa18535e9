/**
 * The caller that assumes the roles of a made organization: the partner's role. No identity reaches from one partition into
 * another, so outside of the partition aws it is an IAM user there, whose access keys are part of the answer.
 */
import { administrator } from '../../auth/credentials.ts';
import { controlState } from '../../control/state.ts';
import type { World } from '../../core/world.ts';
import { partnerRole } from '../../partner/role.ts';
import { stsState } from '../../sts/state.ts';
import { organizationsState } from '../state.ts';
import type { Partition } from '../state.ts';

/** The accounts of these users. */
const accounts: Record<Exclude<Partition, 'aws'>, string> = {
  'aws-us-gov': '909090909091',
  'aws-cn': '909090909092',
  'aws-eusc': '909090909093',
};
const userName = 'organization-caller';

export interface OrganizationCaller {
  arn: string;
  accessKey?: { accessKeyId: string; secretAccessKey: string };
}

/** undefined in the partition aws when there is no partner with a role. */
export async function callerIn(world: World, partition: Partition): Promise<OrganizationCaller | undefined> {
  if (partition === 'aws') {
    const role = partnerRole(world)?.role;
    return role && { arn: role.arn };
  }
  const accountId = accounts[partition];
  const arn = `arn:${partition}:iam::${accountId}:user/${userName}`;
  const known = [...stsState.of(world).credentials.values()].find(({ caller }) => caller.principalArn === arn);
  if (known) return { arn, accessKey: { accessKeyId: known.accessKeyId, secretAccessKey: known.secretAccessKey } };

  organizationsState.of(world).partitions.set(accountId, partition);
  const admin = administrator(accountId, partition);
  const policy = { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: `arn:${partition}:iam::*:role/*` };
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [policy] });
  const { limits } = controlState.of(world);
  const { iamPropagationMs } = limits;
  // The user counts as long established, so its permissions are visible at once.
  limits.iamPropagationMs = 0;
  try {
    await world.invoke('iam', 'CreateUser', { UserName: userName }, admin);
    await world.invoke('iam', 'PutUserPolicy', { UserName: userName, PolicyName: userName, PolicyDocument }, admin);
    const { AccessKey } = await world.invoke<{ AccessKey: { AccessKeyId: string; SecretAccessKey: string } }>(
      'iam',
      'CreateAccessKey',
      { UserName: userName },
      admin,
    );
    return { arn, accessKey: { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey } };
  } finally {
    limits.iamPropagationMs = iamPropagationMs;
  }
}
