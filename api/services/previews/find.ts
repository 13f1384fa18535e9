import { eq } from 'drizzle-orm';
import type { Queryable } from '../../../db/client.ts';
import { previews } from '../../../db/schema/index.ts';
import type { PreviewRow } from '../../../db/schema/rows.ts';
import { notFound } from '../../problems/errors.ts';
import type { ServiceError } from '../../problems/service-error.ts';

/** No preview has the id that the caller gave. */
export function noPreview(): ServiceError {
  return notFound('There is no preview with this id. It may have expired.');
}

/** A preview by id. Throws not_found, also after the preview has expired. */
export async function findPreview(db: Queryable, id: string): Promise<PreviewRow> {
  const [row] = await db.select().from(previews).where(eq(previews.id, id));
  if (!row) throw noPreview();
  return row;
}
