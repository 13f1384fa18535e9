import { count, eq, or, gte, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { firstIdAt } from '../../db/ids.ts';
import { delegationRequests, notificationInbox } from '../../db/schema/index.ts';
import type { DelegationPhase } from '../../domain/delegation/states.ts';

/** Figures about open work, from the database. */
export interface RegistryFigures {
  requestsByPhase: ReadonlyMap<DelegationPhase, number>;
  notificationsWaiting: number;
  notificationLagSeconds: number;
}

/** Handled notifications count for this long. */
const lookBackMs = 600_000;
/** The metrics route needs no API key. The cache bounds the load that its callers put on the database. */
const cacheMs = 5_000;

/**
 * Creates the reader of the database's figures. It caches results, and parallel reads share one query. Returns null if the
 * database does not answer.
 */
export function createFigureReader(db: Database): () => Promise<RegistryFigures | null> {
  let reading: Promise<RegistryFigures | null> | undefined;
  let staleAt = 0;
  return () => {
    if (reading === undefined || Date.now() >= staleAt) {
      staleAt = Date.now() + cacheMs;
      reading = readFigures(db).catch(() => null);
    }
    return reading;
  };
}

async function readFigures(db: Database): Promise<RegistryFigures> {
  const phases = await db
    .select({ phase: delegationRequests.phase, requests: count() })
    .from(delegationRequests)
    .groupBy(delegationRequests.phase);
  const isWaiting = eq(notificationInbox.status, 'received');
  const [notifications] = await db
    .select({
      waiting: sql`count(*) filter (where ${isWaiting})`.mapWith(Number),
      lag: sql`coalesce(max(extract(epoch from coalesce(${notificationInbox.handledAt}, now()) - ${notificationInbox.awsUpdatedAt})), 0)`.mapWith(
        Number,
      ),
    })
    .from(notificationInbox)
    .where(or(isWaiting, gte(notificationInbox.id, firstIdAt(Date.now() - lookBackMs))));
  return {
    requestsByPhase: new Map(phases.map(({ phase, requests }) => [phase, requests])),
    notificationsWaiting: notifications!.waiting,
    notificationLagSeconds: Math.max(0, notifications!.lag),
  };
}
