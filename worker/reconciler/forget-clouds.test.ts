import { afterAll, beforeAll, expect, it } from 'vitest';
import { newId } from '../../db/ids.ts';
import { rememberedClouds } from '../../db/schema/index.ts';
import { startTestRegistry, type TestRegistry } from '../../test/support/registry.ts';
import { runReconcilerJob } from '../../test/support/run-reconciler-job.ts';
import { forgetClouds } from './forget-clouds.ts';
import { reconcilerJobs } from './reconciler.ts';

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startTestRegistry();
});
afterAll(() => registry?.close());

it('A4 C5: clouds are forgotten when their 30 days are over, and not before', async () => {
  const memory = (accountId: string, expiresAt: Date) => ({ partition: 'aws', accountId, cloudId: newId(), expiresAt });
  await registry.db
    .insert(rememberedClouds)
    .values([memory('111111111111', new Date(Date.now() - 1_000)), memory('222222222222', new Date(Date.now() + 60_000))]);
  expect(await runReconcilerJob(forgetClouds, registry.db)).toEqual([]);
  const left = await registry.db.select().from(rememberedClouds);
  expect(left.map(({ accountId }) => accountId)).toEqual(['222222222222']);
  expect(reconcilerJobs).toContain(forgetClouds);
});
