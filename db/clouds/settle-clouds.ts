import { sql } from 'drizzle-orm';
import type { Queryable } from '../client.ts';

/** The cloud or the organization that an acknowledgement belongs to. */
export interface AcknowledgementOwner {
  cloudId: string | null;
  organizationId: string | null;
}

/**
 * Derives the status of clouds again, because an acknowledgement of a warning with this code began or ended (O18). The
 * trigger of the table does it. Rows are locked in the order of a sync.
 */
export async function settleClouds(db: Queryable, { cloudId, organizationId }: AcknowledgementOwner, code: string): Promise<void> {
  await db.execute(sql`
    update clouds set status = status, updated_at = now()
    where id in (
      select id from clouds
      where (id = ${cloudId}::uuid or organization_id = ${organizationId}::uuid)
        and warnings @> jsonb_build_array(jsonb_build_object('code', ${code}::text))
      order by account_id for update
    )`);
}
