import type { Call } from '../../context.ts';
import { toSync, type Sync } from '../../schemas/sync.ts';
import { findSync } from './find.ts';

/** One piece of work on an organization. Throws not_found. */
export async function getSync(call: Call, id: string): Promise<Sync> {
  return toSync(await findSync(call.deps.database.db, id));
}
