import { and, asc, eq, lt } from 'drizzle-orm';
import { notificationInbox } from '../../db/schema/index.ts';
import { deliver } from '../../notifications/accept.ts';
import { claimRows } from './claim-rows.ts';
import type { ReconcilerJob } from './job.ts';

/** Signals stored notifications that never reached their run (D10). */
export const deliverNotifications: ReconcilerJob = {
  name: 'deliver-notifications',
  async run({ db, signals, logger, graceMs, claimMs, handleEach }) {
    const rows = await claimRows(db, notificationInbox, {
      where: and(eq(notificationInbox.status, 'received'), lt(notificationInbox.receivedAt, new Date(Date.now() - graceMs))),
      orderBy: asc(notificationInbox.receivedAt),
      claimMs,
    });
    await handleEach(
      rows,
      ({ messageId }) => ({ messageId }),
      async (row) => {
        const acceptance = await deliver({ db, signals }, row);
        logger.info({ messageId: row.messageId, acceptance }, 'handled a stored notification that had not been signalled');
      },
    );
  },
};
