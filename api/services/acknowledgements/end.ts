import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import { settleClouds } from '../../../db/clouds/settle-clouds.ts';
import { acknowledgements } from '../../../db/schema/index.ts';
import type { Call } from '../../context.ts';
import { notFound } from '../../problems/errors.ts';
import { recordAudit } from '../audit/record.ts';
import { columnsOf, lockOwner, ofOwner, type Owner } from './owner.ts';

/** Ends an acknowledgement, so that its warnings count again. Throws not_found, also if it has ended. */
export async function endAcknowledgement(call: Call, owner: Owner, id: string): Promise<void> {
  await call.deps.database.db.transaction(async (tx) => {
    await lockOwner(tx, owner);
    const isActive = and(isNull(acknowledgements.endedAt), gt(acknowledgements.until, sql`now()`));
    const [ended] = await tx
      .update(acknowledgements)
      .set({ endedAt: new Date() })
      .where(and(eq(acknowledgements.id, id), ofOwner(owner), isActive))
      .returning();
    if (!ended) throw notFound('There is no active acknowledgement with this id. It may have ended.');
    await settleClouds(tx, columnsOf(owner), ended.code);
    const { code, policyId, action } = ended;
    await recordAudit(tx, call, {
      action: `${owner.type}.acknowledgement_ended`,
      target: owner,
      detail: { acknowledgementId: id, code, policyId, action },
    });
  });
}
