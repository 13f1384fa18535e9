import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloudOrganizations, syncs } from '../../db/schema/index.ts';
import { noCounts } from '../../domain/organizations/sync.ts';
import { EventReader } from '../../test/support/api/event-stream.ts';
import { startApi, type ApiHarness, type ApiInstance } from '../../test/support/api/harness.ts';
import { insertOrganization, insertSync } from '../../test/support/organizations.ts';

let api: ApiHarness;

beforeAll(async () => {
  api = await startApi({ intervals: { streamHeartbeatMs: 200 } });
});
afterAll(() => api.close());

async function newSync(changes: Partial<typeof syncs.$inferInsert> = {}): Promise<string> {
  return await insertSync(api.database.db, await insertOrganization(api.database.db, api.sealer), changes);
}

async function follow(id: string, instance: ApiInstance = api): Promise<EventReader> {
  const response = await instance.fetch(`/v1/syncs/${id}/events`, { headers: { Authorization: `Bearer ${api.adminKey}` } });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  return new EventReader(response);
}

const move = (id: string, changes: Partial<typeof syncs.$inferInsert>) =>
  api.database.db.update(syncs).set(changes).where(eq(syncs.id, id));

describe('the stream of a sync', () => {
  it('O9: shows the current state, then each change as it happens, and ends after a final phase', async () => {
    const id = await newSync();
    const stream = await follow(id);
    expect(await stream.next()).toMatchObject({ event: 'sync', data: { id, phase: 'queued' } });
    await move(id, { phase: 'listing', counts: { ...noCounts, listed: 20 } });
    expect(await stream.next()).toMatchObject({ event: 'sync', data: { phase: 'listing', counts: { listed: 20 } } });
    await move(id, { phase: 'completed' });
    expect((await stream.rest()).map(({ data }) => data.phase)).toEqual(['completed']);
  });

  it('O9: shows a sync that has ended, and ends', async () => {
    const events = await (await follow(await newSync({ phase: 'failed' }))).rest();
    expect(events.map(({ event, data }) => [event, data.phase])).toEqual([['sync', 'failed']]);
  });

  it('S7: a client that reconnects to another process starts with the current state', async () => {
    const id = await newSync();
    const first = await follow(id);
    await first.next();
    await first.leave();
    await move(id, { phase: 'applying' });
    const second = await follow(id, api.anotherInstance());
    expect(await second.next()).toMatchObject({ data: { phase: 'applying' } });
    await second.leave();
  });

  it('O9: a write that does not change the resource sends no event', async () => {
    const id = await newSync();
    const stream = await follow(id);
    await stream.next();
    await move(id, { inventoryAttempt: 1 });
    await move(id, { phase: 'cancelled' });
    expect((await stream.rest()).map(({ data }) => data.phase)).toEqual(['cancelled']);
  });

  it('O9: ends when the sync is removed with its organization', async () => {
    const id = await newSync();
    const [row] = await api.database.db.select().from(syncs).where(eq(syncs.id, id));
    const stream = await follow(id);
    await stream.next();
    await api.database.db.delete(cloudOrganizations).where(eq(cloudOrganizations.id, row!.organizationId!));
    // A deletion sends no notification, so the stream notices it at its next look.
    expect(await stream.rest()).toEqual([]);
    expect(stream.raw).toContain('\n: still here\n');
  });

  it('S6: a process that stops ends its streams with a reconnect delay', async () => {
    const other = api.anotherInstance();
    const stream = await follow(await newSync(), other);
    await stream.next();
    other.stop();
    expect(await stream.rest()).toEqual([]);
    expect(stream.raw).toContain('retry: ');
  });
});
