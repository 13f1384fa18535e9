import { eq } from 'drizzle-orm';
import { forgetCloud } from '../../../db/clouds/remember-clouds.ts';
import { eraseUnusedCredentials } from '../../../db/credential-sets.ts';
import { clouds } from '../../../db/schema/index.ts';
import type { CloudRow } from '../../../db/schema/rows.ts';
import { parseRoleArn } from '../../../domain/aws/arn.ts';
import type { LeftInAccount } from '../../../workflows/contracts/delegation-onboarding.ts';
import type { Call } from '../../context.ts';
import { recordAudit } from '../audit/record.ts';
import { freeNickname } from '../nicknames.ts';
import { lockCloud, refuseManaged } from './find.ts';

/**
 * Removes a cloud, frees its nickname and erases its credentials. Returns the resources that stay in the customer's
 * account (C3). Throws not_found, cloud_is_managed.
 */
export async function removeCloud(call: Call, id: string): Promise<LeftInAccount[]> {
  return await call.deps.database.db.transaction(async (tx) => {
    const cloud = await lockCloud(tx, id);
    refuseManaged(cloud);
    const left = leftInAccount(cloud);
    await freeNickname(tx, 'cloud', id);
    await tx.delete(clouds).where(eq(clouds.id, id));
    await forgetCloud(tx, cloud);
    await eraseUnusedCredentials(tx, [cloud.credentialSetId, ...(cloud.deployedCredentialSetId ? [cloud.deployedCredentialSetId] : [])]);
    await recordAudit(tx, call, {
      action: 'cloud.removed',
      target: { type: 'cloud', id },
      detail: { accountId: cloud.accountId, nickname: cloud.nickname, leftInAccount: left },
    });
    return left;
  });
}

function leftInAccount(cloud: CloudRow): LeftInAccount[] {
  const roleName = parseRoleArn(cloud.roleArn)?.roleName;
  return [
    ...(cloud.stackName === null ? [] : [{ type: 'AWS::CloudFormation::Stack', name: cloud.stackName }]),
    ...(roleName === undefined ? [] : [{ type: 'AWS::IAM::Role', name: roleName }]),
  ];
}
