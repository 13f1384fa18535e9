import type { Client } from '@temporalio/client';
import { and, asc, eq, exists, inArray, isNotNull, notExists, sql } from 'drizzle-orm';
import type { Logger } from 'pino';
import { wakeKeeper } from '../../activities/organization-keeper/wake-keeper.ts';
import type { Database } from '../../db/client.ts';
import { requestWork } from '../../db/organizations/request-work.ts';
import { cloudOrganizations, clouds, syncs } from '../../db/schema/index.ts';
import { statusCodes } from '../../domain/clouds/check.ts';
import { openSyncPhases } from '../../domain/organizations/sync.ts';

const batch = 100;
/** A late member whose check came to no answer is still late. */
const lateCodes = [statusCodes.stackInstancePending, statusCodes.throttled, statusCodes.awsUnavailable];

/**
 * Asks for a recheck of the organizations with members that our stack set had not reached when they were checked (D5):
 * nobody tells when CloudFormation gets there. The longer a member is late, the rarer it is asked for: after a quarter of
 * that time, but once a minute at most and once an hour at least. Work that checks them anyway is waited for.
 */
export async function recheckLateMembers(client: Client, db: Database, logger: Logger): Promise<void> {
  const rows = await db.transaction(async (tx) => {
    const late = await tx
      .select()
      .from(cloudOrganizations)
      .where(and(isNotNull(cloudOrganizations.memberStackSet), exists(lateMembers(db)), notExists(openChecks(db))))
      .orderBy(asc(cloudOrganizations.id))
      .limit(batch)
      .for('update', { skipLocked: true });
    const requested: (typeof syncs.$inferSelect)[] = [];
    for (const organization of late) requested.push(await requestWork(tx, organization, { kind: 'recheck', trigger: 'schedule' }));
    return requested;
  });
  for (const row of rows) {
    await wakeKeeper(client, db, row);
    logger.info({ syncId: row.id, awsOrganizationId: row.awsOrganizationId }, 'asked for a recheck of members that had no role yet');
  }
}

function lateMembers(db: Database) {
  const lateness = sql`now() - greatest(${clouds.createdAt}, ${cloudOrganizations.createdAt})`;
  const pause = sql`greatest(interval '1 minute', least(interval '1 hour', (${lateness}) / 4))`;
  return db
    .select({ one: sql`1` })
    .from(clouds)
    .where(
      and(
        eq(clouds.organizationId, cloudOrganizations.id),
        eq(clouds.status, 'pending'),
        inArray(clouds.statusCode, lateCodes),
        // A check without an answer leaves the time of the last one that had one.
        sql`greatest(${clouds.updatedAt}, ${clouds.lastCheckedAt}) < now() - ${pause}`,
      ),
    );
}

function openChecks(db: Database) {
  return db
    .select({ one: sql`1` })
    .from(syncs)
    .where(
      and(eq(syncs.organizationId, cloudOrganizations.id), inArray(syncs.kind, ['sync', 'recheck']), inArray(syncs.phase, openSyncPhases)),
    );
}
