import { randomUUID } from 'node:crypto';
import { DeleteMessageBatchCommand, ReceiveMessageCommand, type Message, type SQSClient } from '@aws-sdk/client-sqs';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../db/client.ts';
import type { NotificationDependencies } from '../notifications/accept.ts';
import { startTestRegistry, type TestRegistry } from '../test/support/registry.ts';
import { waitFor } from '../test/support/wait-for.ts';
import { runIntake } from './intake.ts';

const logger = pino({ level: 'silent' });
const topicArn = 'arn:aws:sns:us-east-1:909090909090:ours';
let registry: TestRegistry;
/** The queue's messages, the number of receive calls, and the handles of deleted messages. */
let queued: Message[];
let received: number;
let deleted: string[];
let send: () => Promise<boolean>;

beforeAll(async () => {
  registry = await startTestRegistry();
});
afterAll(() => registry?.close());
beforeEach(() => {
  [queued, received, deleted] = [[], 0, []];
  send = async () => true;
});

/** Plays SQS within one visibility timeout: a received message is not delivered again. */
const sqs = {
  async send(command: unknown) {
    if (command instanceof DeleteMessageBatchCommand) {
      deleted.push(...command.input.Entries!.map(({ ReceiptHandle }) => ReceiptHandle!));
      return {};
    }
    if (!(command instanceof ReceiveMessageCommand)) throw new Error('The intake only receives and deletes');
    received += 1;
    await new Promise((resolve) => setTimeout(resolve, 5));
    return { Messages: queued.splice(0) };
  },
} as unknown as SQSClient;

/** Runs the intake until the condition holds. */
async function intakeUntil(description: string, holds: () => boolean, changes: Partial<NotificationDependencies> = {}): Promise<void> {
  const stopping = new AbortController();
  const dependencies = { db: registry.db, sealer: registry.sealer, signals: { send: () => send() }, topicArn, logger, ...changes };
  const running = runIntake({ sqs, queueUrl: 'http://queue', dependencies, logger, signal: stopping.signal });
  try {
    await waitFor(description, async () => holds());
  } finally {
    stopping.abort();
    await running;
  }
}

const message = (requestId: string, handle: string): Message => ({
  ReceiptHandle: handle,
  Body: JSON.stringify({
    Type: 'Notification',
    MessageId: randomUUID(),
    TopicArn: topicArn,
    Timestamp: '2026-01-15T10:30:00.123Z',
    Message: JSON.stringify({
      Type: 'ExchangeToken',
      RequestId: 'dr-abc123',
      RequestorWorkflowId: `muster-${requestId}-1`,
      UpdatedAt: '2026-01-15T10:30:00.123Z',
      ExchangeToken: 'eyJ-secret',
      ExpiresAt: '2036-01-15T18:30:00.123Z',
    }),
  }),
});

describe('D10: the queue’s messages', () => {
  it('are deleted once they are stored, even if Temporal is unavailable', async () => {
    const id = await registry.newRequest();
    queued = [message(id, 'first')];
    await intakeUntil('the first to be deleted', () => deleted.includes('first'));
    send = () => Promise.reject(new Error('Temporal is away'));
    queued = [message(id, 'second')];
    await intakeUntil('the second to be deleted', () => deleted.includes('second'));
    expect(deleted).toEqual(['first', 'second']);
  });

  it('that could not be stored are not deleted, and do not delay the others', async () => {
    const id = await registry.newRequest();
    let seals = 0;
    const sealer: typeof registry.sealer = {
      ...registry.sealer,
      seal: async (...what) => {
        seals += 1;
        if (seals === 1) throw new Error('the key service is away');
        return await registry.sealer.seal(...what);
      },
    };
    queued = [message(id, 'unstored'), message(id, 'stored'), { ReceiptHandle: 'no envelope', Body: 'hello' }];
    await intakeUntil('one to be deleted', () => deleted.length > 0, { sealer });
    expect(deleted).toHaveLength(1);
    expect(deleted).not.toContain('no envelope');
  });

  it('are not received while the database is unavailable, because each receive counts towards the dead-letter queue', async () => {
    const lost = openDatabase({ url: 'postgres://nobody:nothing@127.0.0.1:1/none', applicationName: 'test', poolSize: 1 });
    let checks = 0;
    const db = new Proxy(lost.db, {
      get(target, property, receiver) {
        if (property === 'execute') checks += 1;
        return Reflect.get(target, property, receiver) as unknown;
      },
    });
    await intakeUntil('two checks of the database', () => checks >= 2, { db });
    await lost.close();
    expect(received).toBe(0);
  });
});
