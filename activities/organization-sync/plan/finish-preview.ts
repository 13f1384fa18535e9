import type { Database } from '../../../db/client.ts';
import type { SyncEnding } from '../../../workflows/contracts/organization-keeper.ts';
import { endPreview } from '../../organization-keeper/end-preview.ts';

/** Ends a preview. finishSync ends its piece of work. */
export async function finishPreview(db: Database, ending: SyncEnding): Promise<void> {
  await db.transaction((tx) => endPreview(tx, ending));
}
