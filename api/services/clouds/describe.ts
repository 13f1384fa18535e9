import type { Queryable } from '../../../db/client.ts';
import { findAcknowledgedWarnings } from '../../../db/clouds/acknowledged-warnings.ts';
import type { CloudRow } from '../../../db/schema/rows.ts';
import { toCloud, type Cloud } from '../../schemas/cloud.ts';

/** Clouds as the API shows them, with the acknowledgements of their warnings (O18). */
export async function describeClouds(db: Queryable, rows: readonly CloudRow[]): Promise<Cloud[]> {
  const warned = rows.filter(({ warnings }) => warnings.length > 0).map(({ id }) => id);
  const acknowledged = await findAcknowledgedWarnings(db, warned);
  return rows.map((row) => toCloud(row, acknowledged.get(row.id)));
}

/** One cloud as the API shows it. */
export async function describeCloud(db: Queryable, row: CloudRow): Promise<Cloud> {
  return (await describeClouds(db, [row]))[0]!;
}
