import { and, asc, eq, isNull } from 'drizzle-orm';
import type { Transaction } from '../../../db/client.ts';
import { apiKeys } from '../../../db/schema/index.ts';
import type { Call } from '../../context.ts';
import { conflict, notFound } from '../../problems/errors.ts';
import { recordAudit } from '../audit/record.ts';

/** Revokes an API key immediately and permanently (S3). Throws not_found, last_admin_key. */
export async function revokeApiKey(call: Call, id: string): Promise<void> {
  await call.deps.database.db.transaction(async (tx) => {
    const admins = await lockAdminKeys(tx);
    if (admins.length === 1 && admins[0] === id) {
      throw conflict('last_admin_key', 'This is the last API key with the role admin. Create another one before you revoke it.');
    }
    const [revoked] = await tx
      .update(apiKeys)
      .set({ revokedAt: new Date() })
      .where(and(eq(apiKeys.id, id), isNull(apiKeys.revokedAt)))
      .returning();
    if (!revoked) throw notFound('There is no valid API key with this id. It may already be revoked.');
    await recordAudit(tx, call, {
      action: 'api_key.revoked',
      target: { type: 'api_key', id },
      detail: { name: revoked.name, role: revoked.role },
    });
  });
}

/** Locks the valid admin keys in a fixed order. Two parallel revocations can then not revoke the last two keys. */
async function lockAdminKeys(tx: Transaction): Promise<string[]> {
  const rows = await tx
    .select({ id: apiKeys.id })
    .from(apiKeys)
    .where(and(eq(apiKeys.role, 'admin'), isNull(apiKeys.revokedAt)))
    .orderBy(asc(apiKeys.id))
    .for('update');
  return rows.map((row) => row.id);
}
