import type { Call } from '../../context.ts';
import type { Cloud } from '../../schemas/cloud.ts';
import { describeCloud } from './describe.ts';
import { findCloud } from './find.ts';

/** One cloud. Throws not_found. */
export async function getCloud(call: Call, id: string): Promise<Cloud> {
  const { db } = call.deps.database;
  return await describeCloud(db, await findCloud(db, id));
}
