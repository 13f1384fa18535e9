import { setTimeout as delay } from 'node:timers/promises';
import { DeleteMessageBatchCommand, ReceiveMessageCommand, type Message, type SQSClient } from '@aws-sdk/client-sqs';
import { sql } from 'drizzle-orm';
import type { Logger } from 'pino';
import { acceptNotification, type NotificationDependencies } from '../notifications/accept.ts';
import { parseEnvelope } from '../notifications/envelope.ts';
import { describeError } from './describe-error.ts';

export interface IntakeOptions {
  sqs: SQSClient;
  queueUrl: string;
  dependencies: NotificationDependencies;
  logger: Logger;
  signal: AbortSignal;
}

/** SQS's maximum wait of a receive call, in seconds. */
const longPollSeconds = 20;
/** SQS delivers an unhandled message again after this time, in seconds. A worker that dies delays its messages by at most this. */
const visibilitySeconds = 30;
const maxRetryDelayMs = 30_000;

/**
 * Reads AWS's delegation notifications from Muster's queue until the signal aborts. A message is deleted only once it is safe
 * in the database. A message that is not an SNS notification stays for the dead-letter queue, where an operator finds it.
 */
export async function runIntake({ sqs, queueUrl, dependencies, logger, signal }: IntakeOptions): Promise<void> {
  let retryDelayMs = 0;
  while (!signal.aborted) {
    try {
      // Each receive counts towards the dead-letter queue, so the worker receives nothing while the database is unavailable.
      await dependencies.db.execute(sql`select 1`);
      const { Messages } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MaxNumberOfMessages: 10,
          WaitTimeSeconds: longPollSeconds,
          VisibilityTimeout: visibilitySeconds,
        }),
        { abortSignal: signal },
      );
      const done = await Promise.all((Messages ?? []).map((message) => store(message, dependencies, logger)));
      const deletable = done.filter((message) => message !== null);
      if (deletable.length > 0) {
        await sqs.send(
          new DeleteMessageBatchCommand({
            QueueUrl: queueUrl,
            Entries: deletable.map((message, index) => ({ Id: String(index), ReceiptHandle: message.ReceiptHandle })),
          }),
        );
      }
      retryDelayMs = 0;
    } catch (error) {
      if (signal.aborted) return;
      retryDelayMs = Math.min(maxRetryDelayMs, retryDelayMs * 2 || 500);
      logger.warn({ fault: describeError(error), retryDelayMs }, 'the notification queue could not be read; the worker retries it');
      await delay(retryDelayMs, undefined, { signal }).catch(() => {});
    }
  }
}

/** Stores a message; returns it if it may be deleted. */
async function store(message: Message, dependencies: NotificationDependencies, logger: Logger): Promise<Message | null> {
  const envelope = parseEnvelope(message.Body ?? '');
  if (!envelope) {
    logger.error(
      { sqsMessageId: message.MessageId },
      'a message in the notification queue is not an SNS notification; it stays for the dead-letter queue',
    );
    return null;
  }
  try {
    const acceptance = await acceptNotification(dependencies, 'queue', envelope);
    logger.info({ messageId: envelope.messageId, acceptance }, 'stored a delegation notification');
    return message;
  } catch (error) {
    logger.warn(
      { messageId: envelope.messageId, fault: describeError(error) },
      'a delegation notification could not be stored; SQS delivers it again',
    );
    return null;
  }
}
