/** The partitions that Muster supports (O4). */
export const partitions = ['aws', 'aws-us-gov', 'aws-cn', 'aws-eusc'] as const;
export type Partition = (typeof partitions)[number];

export interface RoleArn {
  partition: Partition;
  accountId: string;
  /** The role's path, with a slash at both ends. */
  path: string;
  roleName: string;
}

const roleArnPattern = /^arn:(aws|aws-us-gov|aws-cn|aws-eusc):iam::(\d{12}):role(\/(?:[\x21-\x7e]+\/)?)([\w+=,.@-]{1,64})$/;

/** Reads the ARN of an IAM role; null for any other text. */
export function parseRoleArn(arn: string): RoleArn | null {
  const match = roleArnPattern.exec(arn);
  if (!match) return null;
  const [, partition, accountId, path, roleName] = match;
  return { partition: partition as Partition, accountId: accountId!, path: path!, roleName: roleName! };
}

/** The ARN of a role in an account (O1). The name may have its path before it: `team/muster`. */
export function formatRoleArn(partition: Partition, accountId: string, roleName: string): string {
  return `arn:${partition}:iam::${accountId}:role/${roleName}`;
}

/** The name of a role without the path before it. Names are unique in an account, also under different paths. */
export function withoutPath(roleName: string): string {
  return roleName.slice(roleName.lastIndexOf('/') + 1);
}
