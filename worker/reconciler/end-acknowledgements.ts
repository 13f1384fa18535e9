import { and, eq, isNull, lte, sql } from 'drizzle-orm';
import { writeAudit } from '../../db/audit.ts';
import { settleClouds } from '../../db/clouds/settle-clouds.ts';
import { acknowledgements } from '../../db/schema/index.ts';
import { reconcilerActor } from './actor.ts';
import type { ReconcilerJob } from './job.ts';

const maxRows = 100;

/** Ends acknowledgements whose time is over, so that their warnings count again (O18). */
export const endAcknowledgements: ReconcilerJob = {
  name: 'end-acknowledgements',
  async run({ db, handleEach }) {
    const isOver = and(isNull(acknowledgements.endedAt), lte(acknowledgements.until, sql`now()`));
    const rows = await db.select().from(acknowledgements).where(isOver).orderBy(acknowledgements.until).limit(maxRows);
    await handleEach(
      rows,
      ({ id }) => ({ acknowledgementId: id }),
      async ({ id, cloudId, organizationId, code, policyId, action }) => {
        await db.transaction(async (tx) => {
          const ended = await tx
            .update(acknowledgements)
            .set({ endedAt: acknowledgements.until })
            .where(and(eq(acknowledgements.id, id), isOver))
            .returning({ id: acknowledgements.id });
          if (ended.length === 0) return;
          await settleClouds(tx, { cloudId, organizationId }, code);
          const target = cloudId === null ? { type: 'organization', id: organizationId! } : { type: 'cloud', id: cloudId };
          await writeAudit(tx, {
            actor: reconcilerActor,
            action: `${target.type}.acknowledgement_ended`,
            target,
            detail: { acknowledgementId: id, code, policyId, action },
          });
        });
      },
    );
  },
};
