import type { Call } from '../../context.ts';
import { toCloud, type Cloud } from '../../schemas/cloud.ts';
import { findCloud } from './find.ts';

/** One cloud. Throws not_found. */
export async function getCloud(call: Call, id: string): Promise<Cloud> {
  return toCloud(await findCloud(call.deps.database.db, id));
}
