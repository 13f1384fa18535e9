import type { Call } from '../../context.ts';
import { toSync, type Sync } from '../../schemas/sync.ts';
import { findSync } from './find.ts';

/** One sync. Throws not_found. */
export async function getSync(call: Call, id: string): Promise<Sync> {
  return toSync(await findSync(call.deps.database.db, id));
}
