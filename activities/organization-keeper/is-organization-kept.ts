import { and, eq, notInArray, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { cloudOrganizations, syncs } from '../../db/schema/index.ts';

/** Whether an organization is registered or has unfinished work, by AWS's id. Its keeper runs as long as that holds. */
export async function isOrganizationKept(db: Database, { awsOrganizationId }: { awsOrganizationId: string }): Promise<boolean> {
  const registered = db
    .select({ one: sql`1` })
    .from(cloudOrganizations)
    .where(eq(cloudOrganizations.awsOrganizationId, awsOrganizationId));
  const wanted = db
    .select({ one: sql`1` })
    .from(syncs)
    .where(and(eq(syncs.awsOrganizationId, awsOrganizationId), notInArray(syncs.phase, ['completed', 'failed', 'cancelled'])));
  return (await registered.unionAll(wanted).limit(1)).length > 0;
}
