import { eq } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { eraseTokens } from '../../db/delegation/erase-tokens.ts';
import { delegationRequests } from '../../db/schema/index.ts';
import { appendTimeline } from '../../db/timeline.ts';
import type { RequestRun, TimelineEntry } from '../../workflows/contracts/delegation-onboarding.ts';
import { lockOwnRequest } from './require-ownership.ts';

/** Records on the timeline what a clean-up removed and what stays, and erases the exchange tokens. A second run changes nothing. */
export async function finishCleanUp(db: Database, { timeline, ...run }: RequestRun & { timeline: TimelineEntry[] }): Promise<void> {
  await db.transaction(async (tx) => {
    const { id } = await lockOwnRequest(tx, run);
    await appendTimeline(tx, id, timeline);
    await eraseTokens(tx, id);
    await tx.update(delegationRequests).set({ cleanUpDue: false }).where(eq(delegationRequests.id, id));
  });
}
