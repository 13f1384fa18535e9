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
/** A late member whose check had no outcome is still late. */
const lateCodes = [statusCodes.stackInstancePending, statusCodes.throttled, statusCodes.awsUnavailable];

/**
 * Requests a recheck of organizations with members that Muster's stack set had not reached at their last check (D5), because
 * CloudFormation does not report when it reaches an account. The pause between two rechecks is a quarter of the member's
 * lateness: at least a minute and at most an hour. Organizations with a sync or recheck in progress are skipped.
 */
export const recheckLateMembers: ReconcilerJob = {
  name: 'recheck-late-members',
  async run({ client, db, logger, handleEach }) {
    const late = await db
      .select({ id: cloudOrganizations.id, awsOrganizationId: cloudOrganizations.awsOrganizationId })
      .from(cloudOrganizations)
      .where(isLate(db))
      // Random, so that organizations that fail do not displace the others.
      .orderBy(sql`random()`)
      .limit(maxRows);
    await handleEach(
      late,
      ({ awsOrganizationId }) => ({ awsOrganizationId }),
      async ({ id, awsOrganizationId }) => {
        const row = await requestRecheck(db, id);
        if (!row) return;
        await wakeKeeper(client, db, row);
        logger.info({ syncId: row.id, awsOrganizationId }, 'requested a recheck of members that had no role yet');
      },
    );
  },
};

/** Null if another reconciler was faster. */
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
        // A check without an outcome sets only updatedAt.
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
