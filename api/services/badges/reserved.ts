import { and, eq } from 'drizzle-orm';
import type { Transaction } from '../../../db/client.ts';
import { badges } from '../../../db/schema/index.ts';
import { isReservedBadgeKey, isSystemBadgeKey } from '../../../domain/badges/badge.ts';
import { conflict } from '../../problems/errors.ts';

/**
 * Throws badge_is_reserved for a reserved key, and for a badge that the system created (B3). A badge that a person or a tag gave a
 * key such as `System.x` before that was reserved can be removed.
 */
export async function refuseReserved(tx: Transaction, cloudId: string, key: string, change: 'set' | 'delete'): Promise<void> {
  const [present] = await tx
    .select({ source: badges.source })
    .from(badges)
    .where(and(eq(badges.cloudId, cloudId), eq(badges.key, key)));
  const isLeftOver = change === 'delete' && present !== undefined && !isSystemBadgeKey(key);
  if ((isReservedBadgeKey(key) && !isLeftOver) || present?.source === 'system') {
    throw conflict('badge_is_reserved', `Muster maintains the badge "${key}", so it cannot be changed or removed. Use another key.`);
  }
}
