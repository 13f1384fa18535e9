import type { Client } from '@temporalio/client';
import { eq } from 'drizzle-orm';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../db/ids.ts';
import { credentialSets, previews, syncs } from '../../db/schema/index.ts';
import { wholeOrganization } from '../../domain/organizations/scope.ts';
import { insertSync } from '../../test/support/organizations.ts';
import { startTestRegistry, type TestRegistry } from '../../test/support/registry.ts';
import { eraseExpired } from './erase-expired.ts';
import { startPreviews } from './start-previews.ts';
import { wakeKeepers } from './wake-keepers.ts';

let registry: TestRegistry;
let woken: unknown[];
let isAway: boolean;

beforeAll(async () => {
  registry = await startTestRegistry();
});
afterAll(() => registry?.close());
beforeEach(() => {
  woken = [];
  isAway = false;
});

const longAgo = new Date(Date.now() - 60_000);
const later = new Date(Date.now() + 3_600_000);

function round(): Promise<void> {
  const signalWithStart = async (_type: string, { workflowId, signalArgs }: { workflowId: string; signalArgs: [{ syncId: string }] }) => {
    if (isAway) throw new Error('Temporal is away');
    woken.push([workflowId, signalArgs[0].syncId]);
  };
  return wakeKeepers({ workflow: { signalWithStart } } as unknown as Client, registry.db, pino({ level: 'silent' }), 15_000);
}

describe('O19: work whose API process died before it could tell the keeper', () => {
  it('is told, once', async () => {
    const mine = await registry.newOrganization();
    const syncId = await insertSync(registry.db, mine, { createdAt: longAgo });
    await Promise.all([round(), round(), round()]);
    await round();
    expect(woken).toEqual([[`organization/${mine.awsOrganizationId}`, syncId]]);
    expect((await registry.db.select().from(syncs).where(eq(syncs.id, syncId)))[0]!.signalledAt).not.toBeNull();
  });

  it('is left alone while its process may still be at it, when it was told, and when it has begun', async () => {
    const mine = await registry.newOrganization();
    await insertSync(registry.db, mine);
    await insertSync(registry.db, mine, { kind: 'recheck', createdAt: longAgo, signalledAt: longAgo });
    await insertSync(registry.db, mine, { kind: 'badging', createdAt: longAgo, phase: 'badging' });
    await round();
    expect(woken).toEqual([]);
  });

  it('stays untold while Temporal is away', async () => {
    const syncId = await insertSync(registry.db, await registry.newOrganization(), { createdAt: longAgo });
    isAway = true;
    await expect(round()).rejects.toThrow('Temporal is away');
    expect((await registry.db.select().from(syncs).where(eq(syncs.id, syncId)))[0]!.signalledAt).toBeNull();
  });
});

it('O16: a preview by an older snapshot that nobody started is started, once, and no other is', async () => {
  const mine = await registry.newOrganization();
  const started: unknown[] = [];
  const start = async (_type: string, { workflowId, args }: { workflowId: string; args: [{ fromSnapshot?: boolean }] }) =>
    void started.push([workflowId, args[0].fromSnapshot]);
  const client = { workflow: { start } } as unknown as Client;
  const forgotten = await insertSync(registry.db, mine, { kind: 'preview', phase: 'applying', createdAt: longAgo });
  await insertSync(registry.db, mine, { kind: 'preview', phase: 'applying' });
  await insertSync(registry.db, mine, { kind: 'preview', phase: 'applying', createdAt: longAgo, signalledAt: longAgo });
  await insertSync(registry.db, mine, { kind: 'preview', phase: 'listing', createdAt: longAgo });
  await insertSync(registry.db, mine, { phase: 'applying', createdAt: longAgo });
  const silent = pino({ level: 'silent' });
  await Promise.all([1, 2, 3].map(() => startPreviews(client, registry.db, silent, 15_000)));
  await startPreviews(client, registry.db, silent, 15_000);
  expect(started).toEqual([[`organization-sync/${forgotten}`, true]]);
});

describe('O5: what was checked and nobody adopted is erased', () => {
  async function credentials(expiresAt: Date | null): Promise<string> {
    const id = newId();
    const { bytes: sealed, keyId } = await registry.sealer.seal({ externalId: 'x' }, { table: 'credential_sets', id });
    await registry.db
      .insert(credentialSets)
      .values({ id, kind: 'organization', roleArn: 'arn:aws:iam::1:role/r', sealed, keyId, expiresAt });
    return id;
  }
  const isThere = async (id: string) => (await registry.db.$count(credentialSets, eq(credentialSets.id, id))) > 0;

  it('credentials after their time, unless something refers to them', async () => {
    const mine = await registry.newOrganization();
    await registry.db.update(credentialSets).set({ expiresAt: longAgo }).where(eq(credentialSets.id, mine.credentialSetId));
    const [orphan, fresh, lasting] = [await credentials(longAgo), await credentials(later), await credentials(null)];
    await eraseExpired(registry.db);
    expect(await isThere(orphan)).toBe(false);
    for (const id of [fresh, lasting, mine.credentialSetId]) expect(await isThere(id)).toBe(true);
  });

  it('O16: a preview after its time, with its snapshot and the credentials that it used', async () => {
    const mine = await registry.newOrganization();
    const preview = async (expiresAt: Date, credentialSetId: string) => {
      const syncId = await insertSync(registry.db, mine, { kind: 'preview', phase: 'completed', organizationId: null, credentialSetId });
      const common = { nickname: 'n', memberRoleName: 'r', scope: wholeOrganization };
      await registry.db.insert(previews).values({ id: newId(), syncId, expiresAt, ...common });
      return syncId;
    };
    const [old, used] = [await credentials(longAgo), await credentials(longAgo)];
    const [gone, stays] = [await preview(longAgo, old), await preview(later, used)];
    await eraseExpired(registry.db);
    expect(await registry.db.$count(syncs, eq(syncs.id, gone))).toBe(0);
    expect(await registry.db.$count(previews, eq(previews.syncId, gone))).toBe(0);
    expect(await registry.db.$count(previews, eq(previews.syncId, stays))).toBe(1);
    expect([await isThere(old), await isThere(used)]).toEqual([false, true]);
  });
});
