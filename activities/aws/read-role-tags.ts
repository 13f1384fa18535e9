import { GetRoleCommand, type IAMClient } from '@aws-sdk/client-iam';
import { cancellationSignal } from '@temporalio/activity';
import { parseRoleArn } from '../../domain/aws/arn.ts';
import { isRefusal, meaningOf } from './errors.ts';

/**
 * The tags of a role, read as the role itself (SecurityAudit has iam:GetRole); null if AWS denies it. Throws AWS's
 * error otherwise. GetRole returns all tags at once: a role has at most 50.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html
 */
export async function readRoleTags(iam: IAMClient, roleArn: string): Promise<ReadonlyMap<string, string> | null> {
  try {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: parseRoleArn(roleArn)!.roleName }), {
      abortSignal: cancellationSignal(),
    });
    return new Map((Role?.Tags ?? []).map(({ Key, Value }) => [Key!, Value!]));
  } catch (error) {
    if (!isRefusal(meaningOf(error))) throw error;
    return null;
  }
}
