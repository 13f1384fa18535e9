import { eq } from 'drizzle-orm';
import type { Transaction } from '../../../db/client.ts';
import { eraseUnusedCredentials } from '../../../db/credential-sets.ts';
import { clouds } from '../../../db/schema/index.ts';
import type { CloudRow } from '../../../db/schema/rows.ts';
import type { RoleCredentials } from '../../../db/sealing/secrets.ts';
import { parseRoleArn } from '../../../domain/aws/arn.ts';
import { standingAfter, warningCodes } from '../../../domain/clouds/check.ts';
import type { RoleProof } from '../../../workflows/contracts/cloud-role-proof.ts';
import type { Call } from '../../context.ts';
import { conflict, invalid } from '../../problems/errors.ts';
import type { Cloud } from '../../schemas/cloud.ts';
import { describeCloud } from './describe.ts';
import { recordAudit } from '../audit/record.ts';
import { adoptCredentials, eraseUnadopted, insertUnchecked, sealCredentials } from '../organizations/credentials.ts';
import { refuseOwnRole } from '../own-account.ts';
import { requireTemporal } from '../temporal.ts';
import { findDeployed, openDeployed, type Deployed } from './deployed.ts';
import { findCloud, lockCloud, refuseManaged } from './find.ts';
import { proveRole } from './prove-role.ts';

/** New credentials of a cloud. */
export interface NewCredentials {
  credentials: RoleCredentials;
  /** True to accept a role whose external id protects nothing. */
  acceptUnenforcedExternalId: boolean;
}

/**
 * Replaces a cloud's credentials once a worker has proven the new role both ways (C4). Until then the old ones stay in use. Old
 * credentials are erased, except those of the role that Muster deployed: they sleep until that role is given back, without
 * an external id, which Muster alone has (D12). Throws not_found, cloud_is_managed, own_account, invalid_input, role_checks_failed,
 * credentials_changed, aws_unavailable, temporal_unavailable, check_interrupted.
 */
export async function replaceCredentials(call: Call, id: string, input: NewCredentials): Promise<Cloud> {
  const { database, sealer } = call.deps;
  const { roleArn } = input.credentials;
  const before = await findCloud(database.db, id);
  refuseManaged(before);
  refuseOwnRole(call, roleArn, '/roleArn');
  refuseForeignRole(before, roleArn);
  await requireTemporal(call);
  const deployed = await findDeployed(database.db, before);
  const set = await sealCredentials(sealer, await withDeployedExternalId(call, deployed, input.credentials));
  await insertUnchecked(database.db, set);
  try {
    const proof = await proveRole(call, { id: set.id, roleArn, acceptUnenforced: input.acceptUnenforcedExternalId });
    return await database.db.transaction(async (tx) => {
      const cloud = await lockCloud(tx, id);
      refuseManaged(cloud);
      await adoptCredentials(tx, set.id);
      const updated = await pointTo(tx, cloud, { ...set, proof });
      await recordAudit(tx, call, {
        action: 'cloud.credentials_replaced',
        target: { type: 'cloud', id },
        detail: { from: cloud.roleArn, to: roleArn, deployedRoleSleeps: updated.deployedCredentialSetId !== null },
      });
      return await describeCloud(tx, updated);
    });
  } finally {
    await eraseUnadopted(database.db, set.id);
  }
}

function refuseForeignRole(cloud: CloudRow, roleArn: string): void {
  const role = parseRoleArn(roleArn);
  if (role?.accountId === cloud.accountId && role.partition === cloud.partition) return;
  throw invalid([
    {
      pointer: '/roleArn',
      message: `The role must be in this cloud's account: arn:${cloud.partition}:iam::${cloud.accountId}:role/NAME.`,
    },
  ]);
}

async function withDeployedExternalId(call: Call, deployed: Deployed | null, input: RoleCredentials): Promise<RoleCredentials> {
  if (deployed?.roleArn !== input.roleArn) return input;
  if (input.externalId !== undefined) {
    throw invalid([
      {
        pointer: '/externalId',
        message: 'Muster generated the external id of this role when it deployed the role, and keeps it. Leave it out.',
      },
    ]);
  }
  const kept = await openDeployed(call, deployed);
  if (!kept) throw conflict('credentials_changed', 'Another call replaced the credentials at the same moment. Retry the call.');
  return kept.externalId === undefined ? input : { ...input, externalId: kept.externalId };
}

/** The deployed set sleeps, unless the new credentials are of the same role and hold the same external id. */
async function pointTo(
  tx: Transaction,
  cloud: CloudRow,
  { id: credentialSetId, roleArn, proof }: { id: string; roleArn: string; proof: RoleProof },
): Promise<CloudRow> {
  const deployed = await findDeployed(tx, cloud);
  const ofTags = cloud.warnings.filter(({ code }) => code === warningCodes.reservedTagKey);
  const { status, warnings } = standingAfter({ kind: 'accepted', warnings: proof.warnings }, null);
  const [updated] = await tx
    .update(clouds)
    .set({
      credentialSetId,
      deployedCredentialSetId: deployed && deployed.roleArn !== roleArn ? deployed.credentialSetId : null,
      roleArn,
      status,
      statusCode: null,
      statusMessage: null,
      warnings: [...ofTags, ...warnings],
      lastCheckedAt: new Date(proof.checkedAt),
      updatedAt: new Date(),
    })
    .where(eq(clouds.id, cloud.id))
    .returning();
  await eraseUnusedCredentials(tx, [cloud.credentialSetId, ...(cloud.deployedCredentialSetId ? [cloud.deployedCredentialSetId] : [])]);
  return updated!;
}
