import { WorkflowNotFoundError } from '@temporalio/client';
import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../db/ids.ts';
import { clouds, credentialSets, previews, syncs } from '../../db/schema/index.ts';
import { wholeOrganization } from '../../domain/organizations/scope.ts';
import { insertMember, insertSync, type TestOrganization } from '../../test/support/organizations.ts';
import { startTestRegistry, type TestRegistry } from '../../test/support/registry.ts';
import { fakeClient, runReconcilerJob } from '../../test/support/run-reconciler-job.ts';
import { endIdleKeepers } from './end-idle-keepers.ts';
import { eraseExpiredCredentials } from './erase-expired-credentials.ts';
import { eraseExpiredPreviews } from './erase-expired-previews.ts';
import { recheckLateMembers } from './recheck-late-members.ts';
import { restartKeepers } from './restart-keepers.ts';
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

function round(): Promise<string[]> {
  const signalWithStart = async (_type: string, { workflowId, signalArgs }: { workflowId: string; signalArgs: [{ syncId: string }] }) => {
    if (isAway) throw new Error('Temporal is away');
    woken.push([workflowId, signalArgs[0].syncId]);
  };
  return runReconcilerJob(wakeKeepers, registry.db, fakeClient({ workflow: { signalWithStart } }));
}

describe('O19: work whose API process died before it signalled the keeper', () => {
  it('is signalled, once', async () => {
    const mine = await registry.newOrganization();
    const syncId = await insertSync(registry.db, mine, { createdAt: longAgo });
    await Promise.all([round(), round(), round()]);
    await round();
    expect(woken).toEqual([[`organization/${mine.awsOrganizationId}`, syncId]]);
    expect((await registry.db.select().from(syncs).where(eq(syncs.id, syncId)))[0]!.signalledAt).not.toBeNull();
  });

  it('is skipped while its process may still work on it, and when it was signalled or has begun', async () => {
    const mine = await registry.newOrganization();
    await insertSync(registry.db, mine);
    await insertSync(registry.db, mine, { kind: 'recheck', createdAt: longAgo, signalledAt: longAgo });
    await insertSync(registry.db, mine, { kind: 'badging', createdAt: longAgo, phase: 'badging' });
    await round();
    expect(woken).toEqual([]);
  });

  it('stays unsignalled while Temporal is unavailable', async () => {
    const syncId = await insertSync(registry.db, await registry.newOrganization(), { createdAt: longAgo });
    isAway = true;
    expect(await round()).toEqual(['Error: Temporal is away']);
    expect((await registry.db.select().from(syncs).where(eq(syncs.id, syncId)))[0]!.signalledAt).toBeNull();
  });
});

describe('O19: work whose keeper ended early', () => {
  /** The status of each keeper at Temporal; other keepers do not exist. */
  const keepers = new Map<string, string>();
  function restart(): Promise<string[]> {
    const getHandle = (workflowId: string) => ({
      describe: async () => {
        const status = keepers.get(workflowId);
        if (status === undefined) throw new WorkflowNotFoundError('not found', workflowId, undefined);
        return { status: { name: status } };
      },
    });
    const signalWithStart = async (_type: string, { workflowId }: { workflowId: string }) => void woken.push(workflowId);
    return runReconcilerJob(restartKeepers, registry.db, fakeClient({ workflow: { getHandle, signalWithStart } }));
  }
  async function organizationWith(
    keeper: string | undefined,
    ...work: Partial<typeof syncs.$inferInsert>[]
  ): Promise<{ workflowId: string; ids: string[] }> {
    const mine = await registry.newOrganization();
    const workflowId = `organization/${mine.awsOrganizationId}`;
    if (keeper !== undefined) keepers.set(workflowId, keeper);
    const ids: string[] = [];
    for (const row of work) ids.push(await insertSync(registry.db, mine, { createdAt: longAgo, ...row }));
    return { workflowId, ids };
  }
  const signalled = { signalledAt: longAgo };
  const running = { phase: 'listing', ...signalled } as const;

  // Other cases leave work behind that has no keeper.
  beforeEach(() => registry.db.delete(syncs));

  it.each([
    ['was terminated, with running and queued work', 'TERMINATED', [running, signalled]],
    ['failed, with running work that was never signalled', 'FAILED', [{ phase: 'badging', kind: 'badging' }]],
    ['was cancelled, with a queued preview', 'CANCELED', [{ kind: 'preview', ...signalled }]],
    ['does not exist, with queued work', undefined, [signalled]],
  ] as const)('restarts a keeper once that %s', async (_what, keeper, work) => {
    const { workflowId } = await organizationWith(keeper, ...work);
    await Promise.all([restart(), restart(), restart()]);
    await restart();
    expect(woken).toEqual([workflowId]);
  });

  it.each([
    ['whose running work has no run', [running, signalled]],
    ['whose badging has no run', [{ ...running, phase: 'badging', kind: 'badging' }]],
    ['that lost the signal for queued work', [signalled]],
  ] as const)('S8: wakes a keeper that runs, %s', async (_what, work) => {
    const { workflowId } = await organizationWith('RUNNING', ...work);
    await restart();
    expect(woken).toEqual([workflowId]);
  });

  it('restarts a keeper twice that ends twice, once the claim has lapsed', async () => {
    const { workflowId, ids } = await organizationWith('TERMINATED', signalled);
    await restart();
    await registry.db.update(syncs).set({ claimedUntil: longAgo }).where(eq(syncs.id, ids[0]!));
    await restart();
    expect(woken).toEqual([workflowId, workflowId]);
  });

  it('is skipped while its run runs, while it is new, when it has ended, and when it needs no keeper', async () => {
    const { ids } = await organizationWith('RUNNING', running, signalled);
    keepers.set(`organization-sync/${ids[0]}`, 'RUNNING');
    await organizationWith(undefined, { ...signalled, createdAt: new Date() });
    await organizationWith('TERMINATED', { ...signalled, phase: 'cancelled' });
    await organizationWith(undefined, { kind: 'preview', phase: 'applying', ...signalled });
    await restart();
    expect(woken).toEqual([]);
  });
});

describe('O19: keepers of removed organizations', () => {
  it('are notified if the API could not; keepers with an organization or work are not', async () => {
    const registered = await registry.newOrganization();
    const previewed = { ...registered, id: null as unknown as string, awsOrganizationId: 'o-previewed' };
    await insertSync(registry.db, previewed, { kind: 'preview', phase: 'listing' });
    const over = { ...previewed, awsOrganizationId: 'o-over' };
    await insertSync(registry.db, over, { kind: 'preview', phase: 'completed' });
    const running = [registered.awsOrganizationId, 'o-previewed', 'o-ended-just-now', 'o-over', 'o-gone'];
    const signalled: unknown[] = [];
    const list = async function* () {
      for (const id of running) yield { workflowId: `organization/${id}` };
    };
    const getHandle = (workflowId: string) => ({
      signal: async ({ name }: { name: string }, input: unknown) => {
        if (workflowId.endsWith('ended-just-now')) throw new WorkflowNotFoundError('not found', workflowId, undefined);
        signalled.push([workflowId, name, input]);
      },
    });
    expect(await runReconcilerJob(endIdleKeepers, registry.db, fakeClient({ workflow: { list, getHandle } }))).toEqual([]);
    expect(signalled).toEqual([
      ['organization/o-over', 'removed', { organizationId: null }],
      ['organization/o-gone', 'removed', { organizationId: null }],
    ]);
  });
});

describe('D5: members that Muster’s stack set had not reached', () => {
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
  const memberStackSet = { name: 'muster-x', region: 'us-east-1' };
  const recheck = () => {
    const signalWithStart = async (_type: string, { signalArgs }: { signalArgs: [{ syncId: string }] }) =>
      void woken.push(signalArgs[0].syncId);
    return runReconcilerJob(recheckLateMembers, registry.db, fakeClient({ workflow: { signalWithStart } }));
  };
  const rechecks = (mine: TestOrganization) => registry.db.select().from(syncs).where(eq(syncs.organizationId, mine.id));
  /** An organization with one member, late for `since` minutes and last checked `checked` minutes ago. */
  async function late(
    { since, checked }: { since: number; checked: number },
    cloud: Partial<typeof clouds.$inferInsert> = {},
    organization: Parameters<TestRegistry['newOrganization']>[0] = {},
  ): Promise<TestOrganization> {
    const mine = await registry.newOrganization({ memberStackSet, createdAt: minutesAgo(since), ...organization });
    await insertMember(registry.db, mine, {
      status: 'pending',
      statusCode: 'stack_instance_pending',
      createdAt: minutesAgo(since),
      lastCheckedAt: minutesAgo(checked),
      updatedAt: minutesAgo(checked),
      ...cloud,
    });
    return mine;
  }

  afterEach(() => registry.db.delete(clouds));

  it('are rechecked once by any number of reconcilers, and the keeper is signalled', async () => {
    const mine = await late({ since: 3, checked: 1.5 });
    await Promise.all([recheck(), recheck(), recheck()]);
    await recheck();
    const [work, ...more] = await rechecks(mine);
    expect(work).toMatchObject({ kind: 'recheck', trigger: 'schedule', phase: 'queued', signalledAt: expect.any(Date) });
    expect(more).toEqual([]);
    expect(woken).toEqual([work!.id]);
  });

  it.each([
    ['late for half a minute, and checked less than a minute ago', { since: 0.5, checked: 0.2 }],
    ['late for two hours, and checked twenty minutes ago', { since: 120, checked: 20 }],
    ['late for days, and checked fifty minutes ago', { since: 9_000, checked: 50 }],
  ])('are skipped: %s', async (_what, times) => {
    await late(times);
    await recheck();
    expect(woken).toEqual([]);
  });

  it.each([
    ['two hours, and checked more than half an hour ago', { since: 120, checked: 31 }],
    ['days, and checked more than an hour ago', { since: 9_000, checked: 61 }],
  ])('are rechecked: late for %s', async (_what, times) => {
    await late(times);
    await recheck();
    expect(woken).toHaveLength(1);
  });

  it('count as late only since their organization was added', async () => {
    await late({ since: 9_000, checked: 2 }, {}, { createdAt: minutesAgo(3) });
    await recheck();
    expect(woken).toHaveLength(1);
  });

  it('are still late if their recheck had no outcome', async () => {
    await late({ since: 3, checked: 2 }, { statusCode: 'throttled' });
    await recheck();
    expect(woken).toHaveLength(1);
  });

  it.each<[string, Partial<typeof clouds.$inferInsert>, Parameters<TestRegistry['newOrganization']>[0]]>([
    ['a refused member', { status: 'access_denied', statusCode: 'role_refused' }, {}],
    ['a member that AWS has not activated', { statusCode: 'account_pending_activation' }, {}],
    ['a member whose role the customer deploys', {}, { memberStackSet: null }],
  ])('do not include %s', async (_what, cloud, organization) => {
    await late({ since: 3, checked: 2 }, cloud, organization);
    await recheck();
    expect(woken).toEqual([]);
  });

  it('are left to a running sync or recheck', async () => {
    for (const work of [{ phase: 'listing' }, { phase: 'applying' }, { kind: 'recheck', phase: 'applying' }] as const) {
      await insertSync(registry.db, await late({ since: 3, checked: 2 }), work);
    }
    await recheck();
    expect(woken).toEqual([]);
    await insertSync(registry.db, await late({ since: 3, checked: 2 }), { phase: 'completed' });
    await recheck();
    expect(woken).toHaveLength(1);
  });
});

it('O16: a preview of an older snapshot that was never started is started once, and no other is', async () => {
  const mine = await registry.newOrganization();
  const started: unknown[] = [];
  const start = async (_type: string, { workflowId, args }: { workflowId: string; args: [{ fromSnapshot?: boolean }] }) =>
    void started.push([workflowId, args[0].fromSnapshot]);
  const round = () => runReconcilerJob(startPreviews, registry.db, fakeClient({ workflow: { start } }));
  const forgotten = await insertSync(registry.db, mine, { kind: 'preview', phase: 'applying', createdAt: longAgo });
  await insertSync(registry.db, mine, { kind: 'preview', phase: 'applying' });
  await insertSync(registry.db, mine, { kind: 'preview', phase: 'applying', createdAt: longAgo, signalledAt: longAgo });
  await insertSync(registry.db, mine, { kind: 'preview', phase: 'listing', createdAt: longAgo });
  await insertSync(registry.db, mine, { phase: 'applying', createdAt: longAgo });
  await Promise.all([round(), round(), round()]);
  await round();
  expect(started).toEqual([[`organization-sync/${forgotten}`, true]]);
});

describe('O5: erases', () => {
  async function credentials(expiresAt: Date | null): Promise<string> {
    const id = newId();
    const { bytes: sealed, keyId } = await registry.sealer.seal({ externalId: 'x' }, { table: 'credential_sets', id });
    await registry.db
      .insert(credentialSets)
      .values({ id, kind: 'organization', roleArn: 'arn:aws:iam::1:role/r', sealed, keyId, expiresAt });
    return id;
  }
  async function eraseExpired(): Promise<void> {
    for (const job of [eraseExpiredPreviews, eraseExpiredCredentials]) expect(await runReconcilerJob(job, registry.db)).toEqual([]);
  }
  const isThere = async (id: string) => (await registry.db.$count(credentialSets, eq(credentialSets.id, id))) > 0;

  it('expired credentials, unless something refers to them', async () => {
    const mine = await registry.newOrganization();
    await registry.db.update(credentialSets).set({ expiresAt: longAgo }).where(eq(credentialSets.id, mine.credentialSetId));
    const [orphan, fresh, lasting] = [await credentials(longAgo), await credentials(later), await credentials(null)];
    await eraseExpired();
    expect(await isThere(orphan)).toBe(false);
    for (const id of [fresh, lasting, mine.credentialSetId]) expect(await isThere(id)).toBe(true);
  });

  it('O16: an expired preview, with its snapshot and the credentials that it used', async () => {
    const mine = await registry.newOrganization();
    const preview = async (expiresAt: Date, credentialSetId: string) => {
      const syncId = await insertSync(registry.db, mine, { kind: 'preview', phase: 'completed', organizationId: null, credentialSetId });
      const common = { nickname: 'n', memberRoleName: 'r', scope: wholeOrganization };
      await registry.db.insert(previews).values({ id: newId(), syncId, expiresAt, ...common });
      return syncId;
    };
    const [old, used] = [await credentials(longAgo), await credentials(longAgo)];
    const [gone, stays] = [await preview(longAgo, old), await preview(later, used)];
    await eraseExpired();
    expect(await registry.db.$count(syncs, eq(syncs.id, gone))).toBe(0);
    expect(await registry.db.$count(previews, eq(previews.syncId, gone))).toBe(0);
    expect(await registry.db.$count(previews, eq(previews.syncId, stays))).toBe(1);
    expect([await isThere(old), await isThere(used)]).toEqual([false, true]);
  });
});
