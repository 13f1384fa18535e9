import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../db/ids.ts';
import { clouds, credentialSets } from '../../db/schema/index.ts';
import { insertMember } from '../../test/support/organizations.ts';
import { startTestRegistry, type TestRegistry } from '../../test/support/registry.ts';
import { fakeClient, runReconcilerJob } from '../../test/support/run-reconciler-job.ts';
import { checkUnmanagedClouds, maxChecksPerRound } from './check-unmanaged-clouds.ts';
import { reconcilerJobs } from './reconciler.ts';

let registry: TestRegistry;
let started: string[];
let isAway: boolean;
let accounts = 0;
beforeAll(async () => {
  registry = await startTestRegistry();
});
afterAll(() => registry?.close());
beforeEach(async () => {
  [started, isAway] = [[], false];
  await registry.db.delete(clouds);
});

function round(): Promise<string[]> {
  const start = async (_type: string, { workflowId }: { workflowId: string }) => {
    if (isAway) throw new Error('Temporal is away');
    started.push(workflowId);
  };
  return runReconcilerJob(checkUnmanagedClouds, registry.db, fakeClient({ workflow: { start } }));
}

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);

/** A cloud that no organization manages; returns its id. */
async function insertUnmanaged(changes: Partial<typeof clouds.$inferInsert> = {}): Promise<string> {
  const id = newId();
  const accountId = String(650_000_000_000 + (accounts += 1));
  const roleArn = `arn:aws:iam::${accountId}:role/Harvest`;
  await registry.db.insert(credentialSets).values({ id, roleArn, sealed: Buffer.from('sealed'), keyId: 'test' });
  await registry.db
    .insert(clouds)
    .values({ id, partition: 'aws', accountId, roleArn, credentialSetId: id, status: 'ok', lastCheckedAt: hoursAgo(1), ...changes });
  return id;
}

const workflowIds = (ids: string[]) => ids.map((id) => `cloud-recheck/${id}`).sort();

describe('A6 C4: clouds that no organization manages', () => {
  it('are checked if they have no outcome yet, or if the last check is older than the interval', async () => {
    const due = [
      await insertUnmanaged({ status: 'pending', lastCheckedAt: null }),
      await insertUnmanaged({ status: 'pending', lastCheckedAt: new Date(), statusCode: 'throttled' }),
      await insertUnmanaged({ lastCheckedAt: hoursAgo(12.1) }),
      await insertUnmanaged({ status: 'access_denied', lastCheckedAt: hoursAgo(100) }),
      await insertUnmanaged({ status: 'suspended', lastCheckedAt: null }),
    ];
    await insertUnmanaged({ lastCheckedAt: hoursAgo(11.9) });
    await insertMember(registry.db, await registry.newOrganization(), { status: 'pending', lastCheckedAt: null });
    await Promise.all([round(), round()]);
    expect(started.sort()).toEqual(workflowIds(due));
  });

  it('are not checked again while their check may still run', async () => {
    await insertUnmanaged({ status: 'pending', lastCheckedAt: null });
    for (let times = 0; times < 3; times += 1) await round();
    expect(started).toHaveLength(1);
    await registry.db.update(clouds).set({ claimedUntil: hoursAgo(0) });
    await round();
    expect(started).toHaveLength(2);
  });

  it('are started soon after Temporal was unavailable', async () => {
    const id = await insertUnmanaged({ status: 'pending', lastCheckedAt: null });
    isAway = true;
    expect(await round()).toEqual(['Error: Temporal is away']);
    const [row] = await registry.db.select().from(clouds).where(eq(clouds.id, id));
    expect(row!.claimedUntil!.getTime() - Date.now()).toBeLessThan(61_000);
  });

  it('are paced: a limited number per round, the never checked ones first', async () => {
    for (let count = 0; count < maxChecksPerRound; count += 1) await insertUnmanaged({ lastCheckedAt: hoursAgo(13) });
    const first = await insertUnmanaged({ status: 'pending', lastCheckedAt: null });
    await round();
    expect(started).toHaveLength(maxChecksPerRound);
    expect(started).toContain(`cloud-recheck/${first}`);
    await round();
    expect(new Set(started).size).toBe(maxChecksPerRound + 1);
  });

  it('are one of the jobs of each round', () => expect(reconcilerJobs).toContain(checkUnmanagedClouds));
});
