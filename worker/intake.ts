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

/** The longest that SQS lets a receive call wait for messages, in seconds. */
const longPollSeconds = 20;
/** After this long an unhandled message comes again, in seconds: a worker that dies in the middle costs no more. */
const visibilitySeconds = 30;
const longestPauseMs = 30_000;

/**
 * Reads AWS's delegation notifications from our queue until the signal aborts. A message is deleted only once it is
 * safe in the database; what cannot be read at all is left for the dead-letter queue, where an operator finds it.
 */
export async function runIntake({ sqs, queueUrl, dependencies, logger, signal }: IntakeOptions): Promise<void> {
  let pauseMs = 0;
  while (!signal.aborted) {
    try {
      // Each receive counts towards the dead-letter queue, so nothing is received while nothing can be stored.
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
      const done = await Promise.all((Messages ?? []).map((message) => takeIn(message, dependencies, logger)));
      const deletable = done.filter((message) => message !== null);
      if (deletable.length > 0) {
        await sqs.send(
          new DeleteMessageBatchCommand({
            QueueUrl: queueUrl,
            Entries: deletable.map((message, index) => ({ Id: String(index), ReceiptHandle: message.ReceiptHandle })),
          }),
        );
      }
      pauseMs = 0;
    } catch (error) {
      if (signal.aborted) return;
      pauseMs = Math.min(longestPauseMs, pauseMs * 2 || 500);
      logger.warn({ fault: describeError(error), pauseMs }, 'the notification queue could not be read; trying again');
      await delay(pauseMs, undefined, { signal }).catch(() => {});
    }
  }
}

/** The message, when it may be deleted. */
async function takeIn(message: Message, dependencies: NotificationDependencies, logger: Logger): Promise<Message | null> {
  const envelope = parseEnvelope(message.Body ?? '');
  if (!envelope) {
    logger.error(
      { sqsMessageId: message.MessageId },
      'a message in the notification queue is not an SNS notification; it is left for the dead-letter queue',
    );
    return null;
  }
  try {
    const acceptance = await acceptNotification(dependencies, 'queue', envelope);
    logger.info({ messageId: envelope.messageId, acceptance }, 'delegation notification taken in');
    return message;
  } catch (error) {
    // It becomes visible in the queue again by itself.
    logger.warn({ messageId: envelope.messageId, fault: describeError(error) }, 'a delegation notification could not be taken in yet');
    return null;
  }
}
