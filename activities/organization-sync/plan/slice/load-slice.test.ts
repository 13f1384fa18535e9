import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withConnection } from '../../../../dev/postgres/server.ts';
import { syncAccounts, syncAccountTags } from '../../../../db/schema/index.ts';
import { insertSync } from '../../../../test/support/organizations.ts';
import { startTestRegistry, type TestRegistry } from '../../../../test/support/registry.ts';
import { loadSlice } from './load-slice.ts';

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startTestRegistry();
});
afterAll(() => registry?.close());

const accounts = 2_000;

async function snapshot(): Promise<string> {
  const { db } = registry;
  const syncId = await insertSync(db, await registry.newOrganization(), { phase: 'applying', lastAccountNumber: accounts });
  const numbers = Array.from({ length: accounts }, (_, index) => index + 1);
  const accountIdOf = (number: number) => String(700_000_000_000 + number);
  await db
    .insert(syncAccounts)
    .values(numbers.map((number) => ({ syncId, number, accountId: accountIdOf(number), name: 'one', state: 'active' as const })));
  await db
    .insert(syncAccountTags)
    .values(numbers.slice(1).map((number) => ({ syncId, accountId: accountIdOf(number), tags: { number: String(number) } })));
  return syncId;
}

it('S7: reads each account’s tags once, even before Postgres has statistics for the sync', async () => {
  await snapshot();
  await withConnection(registry.ownerUrl, (owner) => owner`analyze sync_accounts, sync_account_tags`);
  const syncId = await snapshot();
  await registry.db.transaction(async (tx) => {
    const slice = await loadSlice(tx, { syncId, from: 1, to: 500 }, { lock: false });
    expect(slice.map(({ row, tags }) => [row.number, tags?.get('number')])).toEqual(
      slice.map((_, index) => [index + 1, index === 0 ? undefined : String(index + 1)]),
    );
    expect([slice.length, slice[0]!.tags]).toEqual([500, null]);
    const [read] = await tx.execute<{ rows: number }>(sql`
      select idx_tup_fetch::int as rows from pg_stat_xact_user_tables where relname = 'sync_account_tags'`);
    expect(read!.rows).toBeLessThan(1_000);
  });
});
