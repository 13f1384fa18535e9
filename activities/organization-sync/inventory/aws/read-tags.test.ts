import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { syncAccounts, syncAccountTags } from '../../../../db/schema/index.ts';
import { InventoryBench } from '../../../../test/support/inventory.ts';
import { startTestRegistry } from '../../../../test/support/registry.ts';
import { inActivity, SandboxAws } from '../../../../test/support/sandbox-aws.ts';
import { readTags } from './read-tags.ts';

let bench: InventoryBench;
beforeAll(async () => {
  const [registry, cloud] = await Promise.all([startTestRegistry(), SandboxAws.start()]);
  bench = new InventoryBench(registry, cloud);
});
afterAll(async () => {
  await bench?.cloud.close();
  await bench?.registry.close();
});

describe('stage 1 of auto-badging', { timeout: 60_000 }, () => {
  it.each([
    ['in bulk', []],
    ['account by account', ['tag:GetResources']],
  ])('B4: reads the tags of the clouds %s, and nothing else; an account that left has none', async (_how, withoutActions) => {
    const { organization, real } = await bench.make({ accounts: 30, ous: 2, withoutActions });
    const ids = [...[...real.accounts.keys()].slice(0, 20), '999999999999'];
    const syncId = await bench.sync(organization, { kind: 'badging', phase: 'badging', lastAccountNumber: ids.length });
    await bench.registry.db
      .insert(syncAccounts)
      .values(ids.map((accountId, index) => ({ syncId, accountId, number: index + 1, name: accountId, state: 'active' as const })));
    await bench.cloud.control('DELETE', '/calls');
    await inActivity(() => readTags(bench.cloud.dependencies(bench.registry), { syncId }));
    expect(Object.keys(await bench.calls()).filter((name) => !/^(GetResources|ListTagsForResource)$/.test(name))).toEqual([]);
    const rows = await bench.registry.db.select().from(syncAccountTags).where(eq(syncAccountTags.syncId, syncId));
    const read = new Map(rows.map(({ accountId, tags }) => [accountId, tags]));
    for (const id of ids) expect(read.get(id)).toEqual(Object.fromEntries(real.accounts.get(id)?.tags ?? []));
  });
});
