import { eq } from 'drizzle-orm';
import { ScheduleNotFoundError } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  auditEvents,
  cloudOrganizations,
  clouds,
  credentialSets,
  delegationEvents,
  delegationRequests,
  nicknames,
  notificationInbox,
  syncs,
} from '../../db/schema/index.ts';
import { newId } from '../../db/ids.ts';
import { insertMember } from '../../test/support/organizations.ts';
import { startTestRegistry, type TestRegistry } from '../../test/support/registry.ts';
import type { ScheduleClient } from '../organization-keeper/ensure-schedules.ts';
import type { KeeperClient } from '../organization-keeper/wake-keeper.ts';
import { closeRequest } from './close-request.ts';
import { findAccountConflict } from './find-account-conflict.ts';
import { openOrganizationCredentials } from '../open-credentials.ts';
import { registerOrganization } from './register-organization.ts';

let registry: TestRegistry;
const nextRunAt = new Date('2030-01-01T00:00:00.000Z');
let woken: string[];
let scheduled: string[];
let isAway: boolean;

beforeAll(async () => {
  registry = await startTestRegistry();
});
afterAll(() => registry?.close());
beforeEach(() => {
  woken = [];
  scheduled = [];
  isAway = false;
});

const client = {
  workflow: {
    signalWithStart: async (_type: string, { workflowId }: { workflowId: string }) => {
      if (isAway) throw new Error('Temporal is away');
      woken.push(workflowId);
    },
  },
  schedule: {
    getHandle: (scheduleId: string) => ({
      describe: async () => {
        if (!scheduled.includes(scheduleId)) throw new ScheduleNotFoundError('no such schedule', scheduleId);
        return { state: { paused: false }, info: { nextActionTimes: [nextRunAt] } };
      },
    }),
    create: async ({ scheduleId }: { scheduleId: string }) => {
      if (isAway) throw new Error('Temporal is away');
      scheduled.push(scheduleId);
    },
  },
} as unknown as KeeperClient & ScheduleClient;

const newRequest = (changes: Partial<typeof delegationRequests.$inferInsert> = {}) =>
  registry.newRequest({ scope: 'organization', phase: 'verifying', ...changes });

/** The result of a credentialCheck of a request's organization. */
async function described(requestId: string, awsOrganizationId = `o-${newId().replaceAll('-', '')}`) {
  const { accountId } = await registry.request(requestId);
  return { awsOrganizationId, managementAccountId: accountId, partition: 'aws' as const };
}
const register = async (requestId: string, organization?: Awaited<ReturnType<typeof described>>) =>
  await registerOrganization(
    registry.db,
    client,
    { stackRegion: 'eu-west-1' },
    { requestId, organization: organization ?? (await described(requestId)) },
  );
const organizationOf = async (id: string) => (await registry.db.select().from(cloudOrganizations).where(eq(cloudOrganizations.id, id)))[0]!;

describe('D5: registering the organization of a request', () => {
  it('gives it the nickname, the credentials, the scope and the stack set of its request, and requests its first sync', async () => {
    const scope = {
      excludeNamePrefixes: [],
      includeOuIds: [],
      excludeOuIds: ['ou-ab12-cd34ef56'],
      excludeAccountIds: [],
      autoRemoveSuspended: true,
    };
    const requestId = await newRequest({ organizationScope: scope });
    const before = await registry.request(requestId);
    const { organizationId, awsOrganizationId } = await register(requestId);
    const organization = await organizationOf(organizationId);
    expect(organization).toMatchObject({
      awsOrganizationId,
      managementAccountId: before.accountId,
      partition: 'aws',
      nickname: before.nickname,
      credentialSetId: before.credentialSetId,
      memberRoleName: 'Harvest',
      memberStackSet: { name: `muster-${requestId}`, region: 'eu-west-1' },
      scope,
    });
    expect(await openOrganizationCredentials(registry, organization.credentialSetId)).toMatchObject({
      memberRole: { externalId: 'another-external-id' },
    });
    const [claim, ...others] = await registry.db.select().from(nicknames).where(eq(nicknames.nickname, before.nickname));
    expect([claim, others]).toMatchObject([{ ownerType: 'organization', ownerId: organizationId }, []]);
    expect(await registry.db.select().from(syncs).where(eq(syncs.organizationId, organizationId))).toMatchObject([
      { kind: 'sync', trigger: 'added', phase: 'queued', signalledAt: expect.any(Date) },
    ]);
    expect(woken).toEqual([`organization/${awsOrganizationId}`]);
  });

  it('C5: it has its schedules and the times of its next runs at once', async () => {
    const { organizationId } = await register(await newRequest());
    expect(scheduled).toEqual([`sync-schedule/${organizationId}`, `badging-schedule/${organizationId}`]);
    expect(await organizationOf(organizationId)).toMatchObject({ nextSyncAt: nextRunAt, nextAutoBadgingAt: nextRunAt });
  });

  it('completes the request, erases its token and writes the timeline and the audit trail', async () => {
    const requestId = await newRequest();
    const id = newId();
    const { bytes: sealedToken, keyId: tokenKeyId } = await registry.sealer.seal('a token', { table: 'notification_inbox', id });
    await registry.db
      .insert(notificationInbox)
      .values({ id, messageId: id, source: 'queue', type: 'ExchangeToken', requestId, sealedToken, tokenKeyId });
    const { organizationId, awsOrganizationId } = await register(requestId);
    expect(await registry.request(requestId)).toMatchObject({ phase: 'completed', organizationId, cloudId: null });
    const [held] = await registry.db.select().from(notificationInbox).where(eq(notificationInbox.id, id));
    expect(held!.sealedToken).toBeNull();
    const [entry] = await registry.db.select().from(delegationEvents).where(eq(delegationEvents.requestId, requestId));
    expect(entry).toMatchObject({ type: 'completed', detail: { organizationId, awsOrganizationId, syncId: expect.any(String) } });
    const audits = await registry.db.select().from(auditEvents).where(eq(auditEvents.targetId, organizationId));
    expect(audits).toMatchObject([
      { action: 'organization.added', actorType: 'system', detail: { delegationRequestId: requestId, memberRole: 'Harvest' } },
    ]);
    expect(JSON.stringify([entry, audits])).not.toContain('external-id');
  });

  it('registers one organization in two runs, even side by side', async () => {
    const requestId = await newRequest();
    const organization = await described(requestId);
    const [first, ...again] = await Promise.all([1, 2, 3].map(() => register(requestId, organization)));
    expect([...again, await register(requestId, organization)]).toEqual([first, first, first]);
    expect(await registry.db.$count(syncs, eq(syncs.organizationId, first!.organizationId))).toBe(1);
    expect(await registry.timeline(requestId)).toEqual(['completed']);
    expect(await registry.db.$count(auditEvents, eq(auditEvents.targetId, first!.organizationId))).toBe(1);
  });

  it('leaves a keeper that cannot be signalled to the reconciler, and registers the organization', async () => {
    isAway = true;
    const { organizationId } = await register(await newRequest());
    expect(await registry.db.select().from(syncs).where(eq(syncs.organizationId, organizationId))).toMatchObject([{ signalledAt: null }]);
  });

  it('O6: refuses an organization that is already registered, and leaves nothing half-registered', async () => {
    const mine = await registry.newOrganization();
    const requestId = await newRequest();
    await expect(register(requestId, await described(requestId, mine.awsOrganizationId))).rejects.toMatchObject({
      type: 'Precondition',
      details: [{ code: 'organization_exists' }],
    });
    expect(await registry.request(requestId)).toMatchObject({ phase: 'verifying', organizationId: null });
    expect(await registry.timeline(requestId)).toEqual([]);
    expect((await organizationOf(mine.id)).credentialSetId).toBe(mine.credentialSetId);
    expect(woken).toEqual([]);
  });

  it('registers one organization for several concurrent requests', async () => {
    const requests = [await newRequest(), await newRequest(), await newRequest()];
    const organization = await described(requests[0]!);
    const outcomes = await Promise.allSettled(requests.map((requestId) => register(requestId, organization)));
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(await registry.db.$count(cloudOrganizations, eq(cloudOrganizations.awsOrganizationId, organization.awsOrganizationId))).toBe(1);
  });

  it('registers nothing for a request whose credentials are gone', async () => {
    const requestId = await newRequest({ credentialSetId: null });
    await expect(register(requestId)).rejects.toMatchObject({ details: [{ code: 'credentials_erased' }] });
  });
});

describe('D6: a request for an organization that ends without one', () => {
  it('frees the nickname and erases both roles’ credentials, also in two runs', async () => {
    const requestId = await newRequest();
    const { credentialSetId, nickname } = await registry.request(requestId);
    const failure = { code: 'trusted_access_off', message: 'No' };
    const input = { requestId, change: { phase: 'failed' as const, failure, expiresAt: null } };
    await closeRequest(registry.db, input);
    await closeRequest(registry.db, input);
    expect(await registry.request(requestId)).toMatchObject({ phase: 'failed', failureCode: 'trusted_access_off', credentialSetId: null });
    expect(await registry.db.$count(credentialSets, eq(credentialSets.id, credentialSetId!))).toBe(0);
    expect(await registry.db.$count(nicknames, eq(nicknames.nickname, nickname))).toBe(0);
  });
});

describe('D13 O6: a conflict with a request for an organization', () => {
  it('is an organization that its account manages or belongs to', async () => {
    const mine = await registry.newOrganization();
    const conflict = { code: 'organization_exists', organizationId: mine.id, awsOrganizationId: mine.awsOrganizationId };
    const manager = await newRequest({ accountId: mine.managementAccountId });
    expect(await findAccountConflict(registry.db, { requestId: manager })).toEqual(conflict);
    const memberId = await insertMember(registry.db, mine);
    const [member] = await registry.db.select().from(clouds).where(eq(clouds.id, memberId));
    const requestId = await newRequest({ accountId: member!.accountId });
    expect(await findAccountConflict(registry.db, { requestId })).toEqual(conflict);
  });

  it('O11: is not a cloud of the account’s own', async () => {
    const requestId = await newRequest();
    const { accountId, credentialSetId } = await registry.request(requestId);
    const common = { partition: 'aws', roleArn: `arn:aws:iam::${accountId}:role/Harvest`, credentialSetId: credentialSetId! };
    await registry.db.insert(clouds).values({ id: newId(), accountId, ...common });
    expect(await findAccountConflict(registry.db, { requestId })).toBeNull();
  });
});
