import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clouds } from '../../../db/schema/index.ts';
import { startTestRegistry, type TestRegistry } from '../../../test/support/registry.ts';
import { applySnapshot, insertSnapshot } from '../../../test/support/snapshots.ts';
import { registerCloud } from '../../delegation-onboarding/register-cloud.ts';
import { beginPlanning } from '../plan/begin-planning.ts';
import { planSlice } from '../plan/plan-slice.ts';
import { removeAndCheckClouds, type CheckClient } from './remove-and-check-clouds.ts';

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startTestRegistry();
});
afterAll(() => registry?.close());

it('A6 O11: a cloud whose own credentials return is checked at once, also if the first run could not start the check', async () => {
  const { db } = registry;
  const organization = await registry.newOrganization();
  const [own, other, stays] = ['780000000001', '780000000002', '780000000003'] as const;
  const requestId = await registry.newRequest({ accountId: own, phase: 'verifying', stackName: 'muster-stack' });
  const { cloudId } = await registerCloud(db, { requestId });
  const accounts = [own, other, stays].map((accountId) => ({ accountId }));
  await applySnapshot(db, await insertSnapshot(db, organization, { accounts }));
  const syncId = await insertSnapshot(db, organization, { accounts: [{ accountId: stays }] });
  const { lastNumber } = await beginPlanning(db, { syncId });
  const range = { syncId, from: 1, to: lastNumber };
  await planSlice(db, { ...range, mode: 'apply' });

  const started: [string, string][] = [];
  let isAway = true;
  const start = async (_type: string, options: { workflowId: string; workflowIdConflictPolicy: string }) => {
    if (isAway) throw new Error('Temporal is away');
    started.push([options.workflowId, options.workflowIdConflictPolicy]);
  };
  const client = { workflow: { start } } as unknown as CheckClient;
  expect(await removeAndCheckClouds(db, client, range)).toEqual({ removed: 1, released: 1 });
  const [released] = await db.select().from(clouds).where(eq(clouds.id, cloudId));
  expect(released).toMatchObject({ managed: false, status: 'pending', statusCode: null, lastCheckedAt: null, claimedUntil: null });
  isAway = false;
  await removeAndCheckClouds(db, client, range);
  expect(started).toEqual([[`cloud-recheck/${cloudId}`, 'TERMINATE_EXISTING']]);
  await db.update(clouds).set({ status: 'ok', lastCheckedAt: new Date() }).where(eq(clouds.id, cloudId));
  await removeAndCheckClouds(db, client, range);
  expect(started).toHaveLength(1);
});
