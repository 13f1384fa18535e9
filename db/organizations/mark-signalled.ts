import { and, eq, isNull } from 'drizzle-orm';
import type { Queryable } from '../client.ts';
import { syncs } from '../schema/index.ts';

/** Records that the run that does a piece of work was started or signalled, so that the reconciler leaves it alone. */
export async function markSignalled(db: Queryable, syncId: string): Promise<void> {
  await db
    .update(syncs)
    .set({ signalledAt: new Date() })
    .where(and(eq(syncs.id, syncId), isNull(syncs.signalledAt)));
}
