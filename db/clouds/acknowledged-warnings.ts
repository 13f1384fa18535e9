import { sql } from 'drizzle-orm';
import type { Queryable } from '../client.ts';

/** An acknowledgement as a warning shows it. */
export interface WarningAcknowledgement {
  id: string;
  by: string;
  reason: string;
  /** ISO 8601. */
  until: string;
}

/** The acknowledgements of clouds' warnings: by cloud, and by the position of the warning in the cloud's list. */
export type AcknowledgedWarnings = Map<string, Map<number, WarningAcknowledgement>>;

/** Finds the acknowledgements that cover warnings of these clouds. */
export async function findAcknowledgedWarnings(db: Queryable, cloudIds: readonly string[]): Promise<AcknowledgedWarnings> {
  const found: AcknowledgedWarnings = new Map();
  if (cloudIds.length === 0) return found;
  const rows = await db.execute<{ cloud_id: string; position: number; id: string; created_by: string; reason: string; until: string }>(sql`
    select c.id as cloud_id, w.position::integer as position, a.id, a.created_by, a.reason,
      to_char(a.until at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as until
    from clouds c
    cross join lateral jsonb_array_elements(c.warnings) with ordinality w(warning, position)
    join acknowledgements a on a.id = acknowledgement_of(c.id, c.organization_id, w.warning)
    where c.id = any(${sql.param(cloudIds)}::uuid[]) and c.warnings <> '[]'::jsonb`);
  for (const { cloud_id, position, id, created_by, reason, until } of rows) {
    const ofCloud = found.get(cloud_id) ?? new Map<number, WarningAcknowledgement>();
    found.set(cloud_id, ofCloud.set(position - 1, { id, by: created_by, reason, until }));
  }
  return found;
}
