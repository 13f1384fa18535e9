import { and, eq, exists, inArray, isNotNull, notExists, sql } from 'drizzle-orm';
import { wakeKeeper } from '../../activities/organization-keeper/wake-keeper.ts';
import type { Database } from '../../db/client.ts';
import { requestWork } from '../../db/organizations/request-work.ts';
import { cloudOrganizations, clouds, syncs } from '../../db/schema/index.ts';
import type { SyncRow } from '../../db/schema/rows.ts';
import { statusCodes } from '../../domain/clouds/check.ts';
import { openSyncPhases } from '../../domain/organizations/sync.ts';
import type { ReconcilerJob } from './job.ts';

const maxRows = 100;
/** A late member whose check came to no answer is still late. */
const lateCodes = [statusCodes.stackInstancePending, statusCodes.throttled, statusCodes.awsUnavailable];

/**
 * Asks for a recheck of the organizations with members that our stack set had not reached when they were checked (D5):
 * nobody tells when CloudFormation gets there. The longer a member is late, the rarer it is asked for: after a quarter of
 * that time, but once a minute at most and once an hour at least. Work that checks them anyway is waited for.
 */
export const recheckLateMembers: ReconcilerJob = {
  name: 'recheck-late-members',
  async run({ client, db, logger, handleEach }) {
    const late = await db
      .select({ id: cloudOrganizations.id, awsOrganizationId: cloudOrganizations.awsOrganizationId })
      .from(cloudOrganizations)
      .where(isLate(db))
      // In no order, so that those that fail do not keep the others out.
      .orderBy(sql`random()`)
      .limit(maxRows);
    await handleEach(
      late,
      ({ awsOrganizationId }) => ({ awsOrganizationId }),
      async ({ id, awsOrganizationId }) => {
        const row = await requestRecheck(db, id);
        if (!row) return;
        await wakeKeeper(client, db, row);
        logger.info({ syncId: row.id, awsOrganizationId }, 'asked for a recheck of members that had no role yet');
      },
    );
  },
};

/** Null where another reconciler was faster. */
async function requestRecheck(db: Database, organizationId: string): Promise<SyncRow | null> {
  return await db.transaction(async (tx) => {
    const [organization] = await tx
      .select()
      .from(cloudOrganizations)
      .where(and(eq(cloudOrganizations.id, organizationId), isLate(db)))
      .for('update', { skipLocked: true });
    return organization ? await requestWork(tx, organization, { kind: 'recheck', trigger: 'schedule' }) : null;
  });
}

function isLate(db: Database) {
  return and(isNotNull(cloudOrganizations.memberStackSet), exists(lateMembers(db)), notExists(openChecks(db)));
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
