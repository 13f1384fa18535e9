import { eq } from 'drizzle-orm';
import { clouds } from '../../../db/schema/index.ts';
import type { Call } from '../../context.ts';
import type { Cloud } from '../../schemas/cloud.ts';
import { describeCloud } from './describe.ts';
import { recordAudit } from '../audit/record.ts';
import { withConflicts } from '../conflicts.ts';
import { claimNickname, freeNickname, nicknameConstraint, nicknameTaken } from '../nicknames.ts';
import { lockCloud } from './find.ts';

/** Changes a cloud's nickname and frees the old nickname (C3). Throws not_found, nickname_taken. */
export async function renameCloud(call: Call, id: string, nickname: string): Promise<Cloud> {
  return await withConflicts(
    () =>
      call.deps.database.db.transaction(async (tx) => {
        const before = await lockCloud(tx, id);
        await freeNickname(tx, 'cloud', id);
        await claimNickname(tx, nickname, { type: 'cloud', id });
        const [after] = await tx.update(clouds).set({ nickname, updatedAt: new Date() }).where(eq(clouds.id, id)).returning();
        await recordAudit(tx, call, {
          action: 'cloud.renamed',
          target: { type: 'cloud', id },
          detail: { from: before.nickname, to: nickname },
        });
        return await describeCloud(tx, after!);
      }),
    { [nicknameConstraint]: () => nicknameTaken(nickname) },
  );
}
