import { and, eq } from 'drizzle-orm';
import { writeAudit } from '../../db/audit.ts';
import type { Database } from '../../db/client.ts';
import { violatedUnique } from '../../db/errors.ts';
import { newId } from '../../db/ids.ts';
import { clouds, credentialSets, delegationRequests, nicknames } from '../../db/schema/index.ts';
import { appendTimeline } from '../../db/timeline.ts';
import { parseRoleArn } from '../../domain/aws/arn.ts';
import { failureTypes } from '../../workflows/contracts/failures.ts';
import { failure } from '../failures.ts';
import { onboardingActor } from './actor.ts';
import { eraseTokens } from './erase-tokens.ts';

/**
 * Lists the account as a cloud, hands it the nickname and the credential set of its request, completes the request and
 * erases its tokens: all or nothing. Running again answers the cloud that is there.
 */
export async function registerCloud(db: Database, { requestId }: { requestId: string }): Promise<{ cloudId: string }> {
  try {
    return await db.transaction(async (tx) => {
      const [request] = await tx.select().from(delegationRequests).where(eq(delegationRequests.id, requestId)).for('update');
      if (request?.cloudId) return { cloudId: request.cloudId };
      if (!request?.credentialSetId) {
        throw failure(failureTypes.precondition, `The credentials of request ${requestId} are no longer kept`, {
          code: 'credentials_erased',
        });
      }
      const [credentials] = await tx
        .select({ roleArn: credentialSets.roleArn })
        .from(credentialSets)
        .where(eq(credentialSets.id, request.credentialSetId));
      const roleArn = credentials!.roleArn;
      const now = new Date();
      const cloudId = newId();
      await tx.insert(clouds).values({
        id: cloudId,
        partition: parseRoleArn(roleArn)!.partition,
        accountId: request.accountId,
        nickname: request.nickname,
        status: 'ok',
        roleArn,
        credentialSetId: request.credentialSetId,
        delegationRequestId: requestId,
        stackName: request.stackName,
        lastCheckedAt: now,
      });
      await tx
        .update(nicknames)
        .set({ ownerType: 'cloud', ownerId: cloudId })
        .where(and(eq(nicknames.ownerType, 'request'), eq(nicknames.ownerId, requestId)));
      await appendTimeline(tx, requestId, [
        {
          key: 'completed',
          at: now.toISOString(),
          type: 'completed',
          message: `Account ${request.accountId} is in the clouds listing.`,
          detail: { cloudId },
        },
      ]);
      await tx
        .update(delegationRequests)
        .set({ phase: 'completed', cloudId, expiresAt: null, updatedAt: now })
        .where(eq(delegationRequests.id, requestId));
      await eraseTokens(tx, requestId);
      await writeAudit(tx, {
        actor: onboardingActor,
        action: 'cloud.added',
        target: { type: 'cloud', id: cloudId },
        detail: { accountId: request.accountId, delegationRequestId: requestId },
      });
      return { cloudId };
    });
  } catch (error) {
    if (violatedUnique(error) !== 'clouds_account_key') throw error;
    throw failure(failureTypes.precondition, 'The account was listed as another cloud in the meantime', { code: 'account_exists' });
  }
}
