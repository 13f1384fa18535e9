import type { Logger } from 'pino';
import type { Database } from '../db/client.ts';
import { describeDatabaseError } from '../db/errors.ts';
import type { Sealer } from '../db/sealing/sealer.ts';
import type { InboxRow } from '../db/schema/rows.ts';
import { parseDelegationMessage } from './delegation-message.ts';
import type { SnsEnvelope } from './envelope.ts';
import { ignoreMessage, markSignalled, standingOf, storeMessage, storeNotUnderstood, storeUnusable } from './inbox.ts';
import { outlineOf } from './outline.ts';
import type { OnboardingSignals } from './signals.ts';

export interface NotificationDependencies {
  db: Database;
  sealer: Sealer;
  signals: OnboardingSignals;
  /** The only topic whose messages are believed. */
  topicArn: string;
  logger: Logger;
}

/** What became of a message. `waiting`: its run could not be reached yet; the reconciler tries again. */
export type Acceptance = 'signalled' | 'ignored' | 'waiting';

/**
 * The one way in for AWS's notifications, from the queue and from the webhook: inbox row, signal, mark (D10). Once this
 * returned, the message is safe in the database and may be deleted at its source; what failed after that is the
 * reconciler's to repeat. Throws when the message could not be stored.
 */
export async function acceptNotification(
  dependencies: NotificationDependencies,
  source: InboxRow['source'],
  envelope: SnsEnvelope,
): Promise<Acceptance> {
  const { db, topicArn, logger } = dependencies;
  if (envelope.topicArn !== topicArn) {
    const isNew = await storeUnusable(db, source, envelope.messageId, `from another topic than ours: ${envelope.topicArn}`);
    if (isNew)
      logger.warn({ messageId: envelope.messageId, topicArn: envelope.topicArn }, 'a notification came from another topic than ours');
    return 'ignored';
  }
  const message = parseDelegationMessage(envelope.message);
  if ('unusable' in message) {
    const unusable = `${message.unusable} (${outlineOf(envelope.message)})`;
    const isNew = await storeNotUnderstood(db, source, envelope.messageId, { ...message, unusable });
    if (isNew) logger.warn({ messageId: envelope.messageId, unusable }, 'a notification was not understood');
    return 'ignored';
  }
  // A request's row is committed before its workflow asks AWS for anything, so nothing that AWS tells of it is too early.
  const standing = await standingOf(db, message.requestId);
  const row = await storeMessage(dependencies, source, envelope.messageId, message, standing === 'live');
  try {
    return await deliver(dependencies, row);
  } catch (error) {
    logger.warn(
      { messageId: row.messageId, fault: describeDatabaseError(error) },
      'a stored notification could not be delivered; the reconciler does it',
    );
    return 'waiting';
  }
}

/** Signals an inbox row to its run, or sets it aside. Doing it twice is harmless: the run knows messages by their id. */
export async function deliver({ db, signals }: Pick<NotificationDependencies, 'db' | 'signals'>, row: InboxRow): Promise<Acceptance> {
  if (row.status !== 'received') return row.status;
  // The request is looked at first: a message about no request of ours must not start asking Temporal.
  const standing = await standingOf(db, row.requestId!);
  if (standing !== 'live') {
    await ignoreMessage(db, row, standing === 'ended' ? 'request_ended' : 'unknown_request');
    return 'ignored';
  }
  if (!(await signals.send(row))) return 'waiting';
  return await markSignalled(db, row);
}
