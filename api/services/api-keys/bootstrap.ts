import { eq } from 'drizzle-orm';
import { writeAudit } from '../../../db/audit.ts';
import type { Database } from '../../../db/client.ts';
import { newId } from '../../../db/ids.ts';
import { apiKeys } from '../../../db/schema/index.ts';
import { hashApiKey } from './issuer.ts';

/**
 * Creates the installation's first admin key with the given value, unless it exists. Returns false if the key was revoked.
 * It then stays revoked, because a restart must not undo the decision of an administrator.
 */
export async function ensureBootstrapAdminKey(db: Database, key: string): Promise<boolean> {
  const keyHash = hashApiKey(key);
  return await db.transaction(async (tx) => {
    const id = newId();
    const made = await tx
      .insert(apiKeys)
      .values({ id, name: 'bootstrap', role: 'admin', keyHash })
      .onConflictDoNothing({ target: apiKeys.keyHash })
      .returning({ id: apiKeys.id });
    if (made.length > 0) {
      await writeAudit(tx, {
        actor: { type: 'system', id: 'api', name: 'API start' },
        action: 'api_key.created',
        target: { type: 'api_key', id },
        detail: { name: 'bootstrap', role: 'admin' },
      });
      return true;
    }
    const [present] = await tx.select({ revokedAt: apiKeys.revokedAt }).from(apiKeys).where(eq(apiKeys.keyHash, keyHash));
    return present?.revokedAt === null;
  });
}
