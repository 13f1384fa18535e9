import { and, asc, desc, eq, isNotNull } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { delegationRequests, notificationInbox } from '../../db/schema/index.ts';
import { delegationLimits } from '../../domain/delegation/timeouts.ts';
import { delegationCleanUpStart } from '../../workflows/contracts/delegation-clean-up.ts';
import { claimRows } from './claim-rows.ts';
import type { ReconcilerJob } from './job.ts';

/**
 * Starts the removal of everything that an ended request may have left in its account because its own run could not remove
 * it (D6, S8). A removal that runs is joined.
 */
export const startCleanUps: ReconcilerJob = {
  name: 'start-clean-ups',
  async run({ client, db, logger, claimMs, handleEach }) {
    const rows = await claimRows(db, delegationRequests, {
      where: eq(delegationRequests.cleanUpDue, true),
      orderBy: asc(delegationRequests.updatedAt),
      claimMs,
    });
    await handleEach(
      rows,
      ({ id }) => ({ requestId: id }),
      async (row) => {
        const { workflowType, ...start } = delegationCleanUpStart(row, {
          requestId: row.id,
          generation: row.generation,
          scope: row.scope,
          tokenReference: await findToken(db, row.id),
          limit: row.sessionDurationSeconds * 1_000 + delegationLimits.grace,
        });
        await client.workflow.start(workflowType, start);
        logger.info({ requestId: row.id }, 'a clean-up of an ended request runs');
      },
    );
  },
};

/** The inbox row with the newest exchange token of a request; null if there is none. */
async function findToken(db: Database, requestId: string): Promise<string | null> {
  const [token] = await db
    .select({ id: notificationInbox.id })
    .from(notificationInbox)
    .where(and(eq(notificationInbox.requestId, requestId), isNotNull(notificationInbox.sealedToken)))
    .orderBy(desc(notificationInbox.awsUpdatedAt))
    .limit(1);
  return token?.id ?? null;
}
