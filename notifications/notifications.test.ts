import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { delegationEvents, delegationRequests, notificationInbox } from '../db/schema/index.ts';
import type { InboxRow } from '../db/schema/rows.ts';
import { countLockWaits } from '../test/support/lock-waits.ts';
import { startTestRegistry, type TestRegistry } from '../test/support/registry.ts';
import { waitFor } from '../test/support/wait-for.ts';
import { acceptNotification, type NotificationDependencies } from './accept.ts';
import { parseDelegationMessage } from './delegation-message.ts';
import { parseEnvelope } from './envelope.ts';

const topicArn = 'arn:aws:sns:us-east-1:909090909090:ours';
let registry: TestRegistry;
let sent: InboxRow[];
let isRunThere: boolean;
let dependencies: NotificationDependencies;

beforeAll(async () => {
  registry = await startTestRegistry();
});
afterAll(() => registry?.close());
beforeEach(() => {
  sent = [];
  isRunThere = true;
  dependencies = {
    db: registry.db,
    sealer: registry.sealer,
    topicArn,
    logger: pino({ level: 'silent' }),
    signals: {
      send: async (row) => {
        if (isRunThere) sent.push(row);
        return isRunThere;
      },
    },
  };
});

const body = (requestId: string, fields: Record<string, unknown>) =>
  JSON.stringify({
    RequestId: 'dr-abc123',
    RequestorWorkflowId: `muster-${requestId}-2`,
    OwnerAccountId: '111122223333',
    UpdatedAt: '2026-01-15T10:30:00.123Z',
    ...fields,
  });
const stateChange = (requestId: string, state = 'PENDING APPROVAL') => body(requestId, { Type: 'StateChange', State: state });
const exchangeToken = (requestId: string) =>
  body(requestId, { Type: 'ExchangeToken', State: 'FINALIZED', ExchangeToken: 'eyJ-secret', ExpiresAt: '2026-01-15T18:30:00.123Z' });
const envelope = (message: string, messageId = randomUUID(), topic = topicArn) => ({ messageId, topicArn: topic, message });
const inbox = async (messageId: string) =>
  (await registry.db.select().from(notificationInbox).where(eq(notificationInbox.messageId, messageId)))[0]!;

describe('D10: a notification', () => {
  it('reaches its run, with the attempt it is about', async () => {
    const requestId = await registry.newRequest();
    const message = envelope(stateChange(requestId));
    expect(await acceptNotification(dependencies, 'queue', message)).toBe('signalled');
    expect(sent).toMatchObject([{ requestId, attempt: 2, awsState: 'pending_approval', awsRequestId: 'dr-abc123' }]);
    expect(await inbox(message.messageId)).toMatchObject({ status: 'signalled' });
  });

  it('that arrives twice is signalled once', async () => {
    const message = envelope(stateChange(await registry.newRequest()));
    await acceptNotification(dependencies, 'queue', message);
    expect(await acceptNotification(dependencies, 'webhook', message)).toBe('signalled');
    expect(sent).toHaveLength(1);
  });

  it('is kept if its run is not reachable yet, and signalled when the message arrives again', async () => {
    const message = envelope(stateChange(await registry.newRequest()));
    isRunThere = false;
    expect(await acceptNotification(dependencies, 'queue', message)).toBe('waiting');
    isRunThere = true;
    expect(await acceptNotification(dependencies, 'queue', message)).toBe('signalled');
  });

  it('D11: with a token is stored sealed, and the signal names only its row', async () => {
    const message = envelope(exchangeToken(await registry.newRequest()));
    await acceptNotification(dependencies, 'queue', message);
    const row = await inbox(message.messageId);
    expect(row.sealedToken!.includes('eyJ-secret')).toBe(false);
    expect(await registry.sealer.open(row.sealedToken!, { table: 'notification_inbox', id: row.id })).toBe('eyJ-secret');
  });

  it('is accepted once it is stored, even if its run cannot be signalled', async () => {
    const message = envelope(stateChange(await registry.newRequest()));
    const away = { send: () => Promise.reject(new Error('Temporal is away')) };
    expect(await acceptNotification({ ...dependencies, signals: away }, 'queue', message)).toBe('waiting');
    expect(await inbox(message.messageId)).toMatchObject({ status: 'received' });
  });

  it('is not accepted if it could not be stored', async () => {
    const message = envelope(exchangeToken(await registry.newRequest()));
    const sealer = { ...registry.sealer, seal: () => Promise.reject(new Error('the key service is away')) };
    await expect(acceptNotification({ ...dependencies, sealer }, 'queue', message)).rejects.toThrow('the key service is away');
    expect(await inbox(message.messageId)).toBeUndefined();
    expect(await acceptNotification(dependencies, 'queue', message)).toBe('signalled');
    expect(await inbox(message.messageId)).toMatchObject({ status: 'signalled', type: 'ExchangeToken' });
  });

  it('D11: with a token that arrives while its request ends leaves no token behind', async () => {
    const requestId = await registry.newRequest();
    const message = envelope(exchangeToken(requestId));
    const sealer = {
      ...registry.sealer,
      seal: async (...what: Parameters<typeof registry.sealer.seal>) => {
        await registry.db.update(delegationRequests).set({ phase: 'cancelled' }).where(eq(delegationRequests.id, requestId));
        return await registry.sealer.seal(...what);
      },
    };
    expect(await acceptNotification({ ...dependencies, sealer }, 'queue', message)).toBe('ignored');
    expect(await inbox(message.messageId)).toMatchObject({ status: 'ignored', sealedToken: null, tokenKeyId: null });
  });

  it('D3: that was signalled while its run ended appears only on the timeline, and leaves no token', async () => {
    const requestId = await registry.newRequest();
    const message = envelope(exchangeToken(requestId));
    const ends = {
      send: async () => {
        await registry.db.update(delegationRequests).set({ phase: 'expired' }).where(eq(delegationRequests.id, requestId));
        return true;
      },
    };
    expect(await acceptNotification({ ...dependencies, signals: ends }, 'queue', message)).toBe('ignored');
    expect(await inbox(message.messageId)).toMatchObject({ status: 'ignored', ignoredReason: 'request_ended', sealedToken: null });
    expect(await registry.timeline(requestId)).toEqual(['late_message']);
  });

  it('D3: that arrives while its run closes the request waits, and then appears on the timeline', async () => {
    const requestId = await registry.newRequest();
    const accepted = await registry.db.transaction(async (tx) => {
      await tx.update(delegationRequests).set({ phase: 'expired' }).where(eq(delegationRequests.id, requestId));
      const accepting = acceptNotification(dependencies, 'queue', envelope(stateChange(requestId)));
      const blocked = waitFor('the message to wait for the lock', async () => (await countLockWaits(registry.db)) > 0);
      await Promise.race([accepting, blocked]);
      return { accepting };
    });
    expect(await accepted.accepting).toBe('ignored');
    expect([sent.length, await registry.timeline(requestId)]).toEqual([1, ['late_message']]);
  });

  it('D3: for a request that has ended appears only on the timeline, and its token is erased', async () => {
    const requestId = await registry.newRequest({ phase: 'cancelled' });
    const message = envelope(exchangeToken(requestId));
    expect(await acceptNotification(dependencies, 'queue', message)).toBe('ignored');
    expect(await inbox(message.messageId)).toMatchObject({ status: 'ignored', ignoredReason: 'request_ended', sealedToken: null });
    expect(await registry.timeline(requestId)).toEqual(['late_message']);
    expect(sent).toEqual([]);
  });

  it.each([
    ['about an unknown request', stateChange(randomUUID()), topicArn],
    ['from another topic', stateChange(randomUUID()), 'arn:aws:sns:us-east-1:666666666666:ours'],
    [
      'about a request of a foreign workflow',
      JSON.stringify({ ...(JSON.parse(stateChange(randomUUID())) as object), RequestorWorkflowId: 'workflow-12345' }),
      topicArn,
    ],
    ['with an unknown state', stateChange(randomUUID(), 'TELEPORTED'), topicArn],
    ['that is not JSON', 'hello', topicArn],
  ])('%s is recorded and has no effect', async (_what, message, topic) => {
    const wrapped = envelope(message, randomUUID(), topic);
    expect(await acceptNotification(dependencies, 'queue', wrapped)).toBe('ignored');
    expect(await inbox(wrapped.messageId)).toMatchObject({ status: 'ignored', sealedToken: null });
    expect(sent).toEqual([]);
  });
});

describe('D3: a message of Muster’s topic that Muster does not understand', () => {
  const warned: unknown[] = [];
  const withLog = () => ({ ...dependencies, logger: { warn: (fields: unknown) => void warned.push(fields) } as never });
  const timeline = (requestId: string) =>
    registry.db.select().from(delegationEvents).where(eq(delegationEvents.requestId, requestId)).orderBy(delegationEvents.number);

  it.each([
    [
      'of an unknown kind',
      { Type: 'AccessRevoked', RevokedBy: 'arn:aws:iam::111122223333:user/eve' },
      'not a delegation message',
      'RevokedBy',
    ],
    ['with an unknown state', { Type: 'StateChange', State: 'TELEPORTED' }, 'a delegation state', 'State TELEPORTED'],
    [
      'with a token in other fields',
      { Type: 'ExchangeToken', Token: 'eyJ-secret', 'eyJ-odd name': 1 },
      'not a delegation message',
      'UpdatedAt 2026-01-15T10:30:00.123Z, Type ExchangeToken, Token, ?',
    ],
  ])('%s is logged once and shows on the timeline of its request, by its outline only', async (_what, fields, reason, outline) => {
    warned.length = 0;
    const requestId = await registry.newRequest();
    const message = envelope(body(requestId, fields));
    for (let times = 0; times < 2; times += 1) expect(await acceptNotification(withLog(), 'queue', message)).toBe('ignored');
    const row = await inbox(message.messageId);
    expect(row).toMatchObject({ type: 'unknown', status: 'ignored', requestId, attempt: 2, awsRequestId: 'dr-abc123' });
    expect(row.ignoredReason).toContain(reason);
    expect(row.ignoredReason).toContain(outline);
    const entries = await timeline(requestId);
    expect(entries).toMatchObject([{ type: 'unknown_message', message: expect.stringContaining(row.ignoredReason!) as string }]);
    expect(warned).toEqual([{ messageId: message.messageId, unusable: row.ignoredReason }]);
    const kept = JSON.stringify([row, entries, warned]);
    for (const value of ['eyJ', 'eve']) expect(kept).not.toContain(value);
    expect((await registry.request(requestId)).phase).toBe('requested');
  });

  it.each([
    ['hello', '5 characters, no JSON object'],
    ['["eyJ-secret"]', '14 characters, no JSON object'],
    [JSON.stringify({ Type: 'eyJhbGciOi.J9', State: 3 }), 'Type, State'],
  ])('%s names no request', async (text, outline) => {
    const message = envelope(text);
    await acceptNotification(dependencies, 'queue', message);
    const { ignoredReason, requestId } = await inbox(message.messageId);
    expect([ignoredReason!.endsWith(`${outline})`), requestId, ignoredReason!.includes('eyJ')]).toEqual([true, null, false]);
  });

  it('about an unknown request is only recorded', async () => {
    const requestId = randomUUID();
    const message = envelope(body(requestId, { Type: 'AccessRevoked' }));
    expect(await acceptNotification(dependencies, 'queue', message)).toBe('ignored');
    expect([(await inbox(message.messageId)).requestId, await timeline(requestId)]).toEqual([requestId, []]);
  });
});

it('S4: a message from another topic has no effect on a live request', async () => {
  const requestId = await registry.newRequest();
  const forged = envelope(exchangeToken(requestId), randomUUID(), 'arn:aws:sns:us-east-1:666666666666:ours');
  expect(await acceptNotification(dependencies, 'queue', forged)).toBe('ignored');
  expect(sent).toEqual([]);
  expect(await inbox(forged.messageId)).toMatchObject({ status: 'ignored', requestId: null, sealedToken: null });
});

describe('reading messages', () => {
  it('an expired request that was never claimed has no owner', () => {
    const { OwnerAccountId: _none, ...rest } = JSON.parse(stateChange(randomUUID(), 'EXPIRED')) as Record<string, unknown>;
    for (const body of [rest, { ...rest, OwnerAccountId: null }]) {
      expect(parseDelegationMessage(JSON.stringify(body))).toMatchObject({ type: 'StateChange', state: 'expired', ownerAccountId: null });
    }
  });

  it.each(['', '[]', '{"Type":"SubscriptionConfirmation"}', '{"Type":"Notification"}'])('%j is not a notification', (text) => {
    expect(parseEnvelope(text)).toBeNull();
  });
});
