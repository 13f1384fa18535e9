import type { Transaction } from '../../../db/client.ts';
import { findRememberedClouds, recallClouds } from '../../../db/clouds/recall-clouds.ts';
import { newId } from '../../../db/ids.ts';
import { clouds } from '../../../db/schema/index.ts';
import type { RoleCredentials } from '../../../db/sealing/secrets.ts';
import { parseRoleArn } from '../../../domain/aws/arn.ts';
import { standingAfter } from '../../../domain/clouds/check.ts';
import type { RoleProof } from '../../../workflows/contracts/cloud-role-proof.ts';
import type { Call } from '../../context.ts';
import type { Once } from '../../idempotency/once.ts';
import { conflict } from '../../problems/errors.ts';
import type { Cloud } from '../../schemas/cloud.ts';
import { describeCloud } from './describe.ts';
import { findCloud } from './find.ts';
import { recordAudit } from '../audit/record.ts';
import { withConflicts } from '../conflicts.ts';
import { existingConflict, refuseExisting } from '../delegation-requests/find.ts';
import { refuseOwnRole } from '../own-account.ts';
import { claimNickname, nicknameConstraint, nicknameTaken } from '../nicknames.ts';
import { adoptCredentials, eraseUnadopted } from '../organizations/credentials.ts';
import { claimUncheckedCredentials, discardUncheckedCredentials } from '../organizations/unchecked-credentials.ts';
import { proveRole } from './prove-role.ts';

/** The constraint by which an account is one cloud (D13). */
const accountConstraint = 'clouds_account_key';

/** The validated fields of a cloud by an existing role. */
export interface NewCloud {
  nickname: string;
  credentials: RoleCredentials;
  /** True to accept a role whose external id protects nothing. */
  acceptUnenforcedExternalId: boolean;
}

/**
 * Lists an account by a role that exists already, after a worker has proven the role both ways (C4, D12). Until then the
 * database holds only the sealed credentials; a refusal erases them. A repeat with the same Idempotency-Key joins the proof.
 * Throws own_account, nickname_taken, account_exists, request_running, role_checks_failed, aws_unavailable, temporal_unavailable,
 * check_interrupted.
 */
export async function createCloud(call: Call, input: NewCloud, once: Once<Cloud>): Promise<Cloud> {
  const { roleArn } = input.credentials;
  refuseOwnRole(call, roleArn, '/roleArn');
  const account = { scope: 'account' as const, accountId: parseRoleArn(roleArn)!.accountId };
  const id = await claimUncheckedCredentials(call, input, once, (tx) => refuseExisting(tx, account));
  try {
    const proof = await proveRole(call, { id, roleArn, acceptUnenforced: input.acceptUnenforcedExternalId });
    return await register(call, input, { credentialSetId: id, proof }, once);
  } catch (error) {
    await discardUncheckedCredentials(call, once, error, (tx) => eraseUnadopted(tx, id));
    throw error;
  }
}

interface Proven {
  credentialSetId: string;
  proof: RoleProof;
}

async function register(call: Call, input: NewCloud, proven: Proven, once: Once<Cloud>): Promise<Cloud> {
  const { db } = call.deps.database;
  const { accountId } = parseRoleArn(input.credentials.roleArn)!;
  return await withConflicts(
    () =>
      db.transaction(async (tx) => {
        // Two parallel calls with one key have the same credential set. The second call waits here, and gets the answer of
        // the first.
        await adoptCredentials(tx, proven.credentialSetId);
        await once.refuseAnswered(tx);
        await refuseExisting(tx, { scope: 'account', accountId });
        const cloud = await insertCloud(tx, call, input, proven);
        await once.keep(tx, cloud);
        return cloud;
      }),
    {
      [nicknameConstraint]: () => nicknameTaken(input.nickname),
      [accountConstraint]: async () =>
        (await existingConflict(db, { scope: 'account', accountId })) ??
        conflict('account_exists', `Account ${accountId} was listed as a cloud a moment ago. Retry the call.`),
    },
  );
}

/** A remembered cloud returns with its id and badges, but with the new nickname (C5). */
async function insertCloud(
  tx: Transaction,
  call: Call,
  { nickname, credentials: { roleArn } }: NewCloud,
  { credentialSetId, proof }: Proven,
): Promise<Cloud> {
  const { partition, accountId } = parseRoleArn(roleArn)!;
  const remembered = (await findRememberedClouds(tx, partition, [accountId])).get(accountId);
  const id = remembered?.cloudId ?? newId();
  const { status, warnings } = standingAfter({ kind: 'accepted', warnings: proof.warnings }, null);
  await claimNickname(tx, nickname, { type: 'cloud', id });
  const [cloud] = await tx
    .insert(clouds)
    .values({ id, partition, accountId, nickname, status, warnings, roleArn, credentialSetId, lastCheckedAt: new Date(proof.checkedAt) })
    .returning();
  const target = { type: 'cloud', id } as const;
  const [returned] = remembered ? await recallClouds(tx, [remembered], { keepsNickname: true }) : [];
  await recordAudit(tx, call, {
    action: 'cloud.added',
    target,
    detail: { accountId, nickname, role: roleArn, checks: proof.checks.map(({ name, passed }) => ({ name, passed })) },
  });
  if (returned) await recordAudit(tx, call, { action: 'cloud.returned', target, detail: { accountId, ...returned.detail } });
  // A returned acknowledgement may have changed the status.
  return await describeCloud(tx, returned ? await findCloud(tx, id) : cloud!);
}
