import { asc, desc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { syncs } from '../../db/schema/index.ts';
import { insertSync, type TestOrganization } from '../../test/support/organizations.ts';
import { startTestRegistry, type TestRegistry } from '../../test/support/registry.ts';
import { claimRows } from './claim-rows.ts';

let registry: TestRegistry;
let organization: TestOrganization;
beforeAll(async () => {
  registry = await startTestRegistry();
});
afterAll(() => registry?.close());
beforeEach(async () => {
  organization = await registry.newOrganization();
});

const mine = () => ({ where: eq(syncs.organizationId, organization.id), orderBy: asc(syncs.createdAt), claimMs: 60_000 });
const idsOf = (rows: { id: string }[]) => rows.map(({ id }) => id);

it('S7: skips a row that another worker is claiming, without waiting for it', async () => {
  const id = await insertSync(registry.db, organization);
  await registry.db.transaction(async (tx) => {
    expect(idsOf(await claimRows(tx, syncs, mine()))).toEqual([id]);
    expect(await claimRows(registry.db, syncs, mine())).toEqual([]);
  });
});

it('S7: claims the row of a dead worker once its claim has lapsed', async () => {
  const id = await insertSync(registry.db, organization, { claimedUntil: new Date(Date.now() - 1) });
  expect(idsOf(await claimRows(registry.db, syncs, mine()))).toEqual([id]);
  expect(await claimRows(registry.db, syncs, mine())).toEqual([]);
});

it('claims at most 100 rows, in the given order', async () => {
  const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));
  const ids: string[] = [];
  for (let second = 101; second > 0; second -= 1)
    ids.unshift(await insertSync(registry.db, organization, { createdAt: at(second), phase: 'completed' }));
  const claimed = await claimRows(registry.db, syncs, { ...mine(), orderBy: desc(syncs.createdAt) });
  expect(new Set(idsOf(claimed))).toEqual(new Set(ids.slice(1)));
});

it('S8: claims rows that failed before after rows that were never tried, even if they are older', async () => {
  const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));
  const insert = (createdAt: Date, claimedUntil: Date | null) =>
    insertSync(registry.db, organization, { createdAt, claimedUntil, phase: 'completed' });
  const failedLast = await insert(at(1), new Date(Date.now() - 1_000));
  const failedBefore = await insert(at(2), new Date(Date.now() - 2_000));
  const fresh = await insert(at(3), null);
  const next = async () => idsOf(await claimRows(registry.db, syncs, { ...mine(), maxRows: 1 }));
  expect([await next(), await next(), await next()]).toEqual([[fresh], [failedBefore], [failedLast]]);
});
