import { and, eq, inArray, lt, sql } from 'drizzle-orm';
import type { Transaction } from '../../../db/client.ts';
import { syncAccounts, syncs } from '../../../db/schema/index.ts';
import type { AccountState } from '../../../domain/organizations/account-state.ts';
import { withCount } from '../../organization-keeper/add-counts.ts';

/** An account as the provider lists it. */
export interface SnapshotAccount {
  accountId: string;
  name: string;
  email: string | null;
  state: AccountState;
  joinedAt: Date | null;
  /** The ids from the root down to its parent; null if the provider did not return them. */
  ancestors: string[] | null;
}

/**
 * Writes a page of accounts. New accounts are numbered in order. A known account (it was moved, or the listing
 * restarted) keeps its number and gets the new values. Returns the highest number.
 */
export async function writeAccounts(
  tx: Transaction,
  { syncId, lastNumber, pass, accounts }: { syncId: string; lastNumber: number; pass: number; accounts: readonly SnapshotAccount[] },
): Promise<number> {
  const distinct = [...new Map(accounts.map((account) => [account.accountId, account])).values()];
  if (distinct.length === 0) return lastNumber;
  const ids = distinct.map(({ accountId }) => accountId);
  const seen = await tx
    .select({ accountId: syncAccounts.accountId, number: syncAccounts.number })
    .from(syncAccounts)
    .where(and(eq(syncAccounts.syncId, syncId), inArray(syncAccounts.accountId, ids)));
  const numbers = new Map(seen.map(({ accountId, number }) => [accountId, number]));
  let last = lastNumber;
  const rows = distinct.map((account) => ({ syncId, pass, number: numbers.get(account.accountId) ?? (last += 1), ...account }));
  await tx
    .insert(syncAccounts)
    .values(rows)
    .onConflictDoUpdate({
      target: [syncAccounts.syncId, syncAccounts.accountId],
      set: {
        pass,
        name: sql`excluded.name`,
        email: sql`excluded.email`,
        state: sql`excluded.state`,
        joinedAt: sql`excluded.joined_at`,
        ancestors: sql`coalesce(excluded.ancestors, ${syncAccounts.ancestors})`,
      },
    });
  // The highest number serves as the count until the end. It is too high only by accounts that a restarted listing lost.
  if (last !== lastNumber) {
    await tx
      .update(syncs)
      .set({ lastAccountNumber: last, counts: withCount('listed', last), updatedAt: new Date() })
      .where(eq(syncs.id, syncId));
  }
  return last;
}

/** Records that all accounts are listed. Accounts that only an earlier pass saw are gone. */
export async function completeAccounts(tx: Transaction, { syncId, pass }: { syncId: string; pass: number }): Promise<void> {
  await tx
    .update(syncAccounts)
    .set({ pass: null })
    .where(and(eq(syncAccounts.syncId, syncId), lt(syncAccounts.pass, pass)));
  const listed = await tx.$count(syncAccounts, and(eq(syncAccounts.syncId, syncId), eq(syncAccounts.pass, pass)));
  await tx
    .update(syncs)
    .set({ listingCompletedAt: new Date(), counts: withCount('listed', listed), updatedAt: new Date() })
    .where(eq(syncs.id, syncId));
}
