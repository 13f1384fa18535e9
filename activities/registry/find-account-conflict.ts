import { eq } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { clouds } from '../../db/schema/index.ts';
import type { AccountConflict } from '../../workflows/contracts/activities.ts';
import { loadRequest } from './load-request.ts';

/** The cloud that already stands for the account which a request asks for (D13). */
export async function findAccountConflict(db: Database, { requestId }: { requestId: string }): Promise<AccountConflict | null> {
  const { accountId } = await loadRequest(db, requestId);
  const [cloud] = await db.select({ id: clouds.id }).from(clouds).where(eq(clouds.accountId, accountId));
  return cloud ? { code: 'account_exists', cloudId: cloud.id } : null;
}
