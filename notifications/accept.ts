import type { Logger } from 'pino';
import type { Database } from '../db/client.ts';
import { describeDatabaseError } from '../db/errors.ts';
import type { Sealer } from '../db/sealing/sealer.ts';
import type { InboxRow } from '../db/schema/rows.ts';
import { parseDelegationMessage } from './delegation-message.ts';
import type { SnsEnvelope } from './envelope.ts';
import { ignoreMessage, markSignalled, requestStateOf, storeMessage, storeNotUnderstood, storeUnusable } from './inbox.ts';
import { outlineOf } from './outline.ts';
import type { OnboardingSignals } from './signals.ts';

export interface NotificationDependencies {
  db: Database;
  sealer: Sealer;
  signals: OnboardingSignals;
  /** The topic of this installation; messages of any other topic are ignored. */
  topicArn: string;
  logger: Logger;
}

/** The result of accepting a message. `waiting`: its run is not reachable yet, and the reconciler retries. */
export type Acceptance = 'signalled' | 'ignored' | 'waiting';

/**
 * Accepts a notification of AWS, from the queue or the webhook: stores it in the inbox, signals its run and marks the row
 * (D10). Once this returns, the message is safe in the database, and the source may delete it. The reconciler repeats a
 * signal or mark that failed. Throws if the message could not be stored.
 */
export async function acceptNotification(
  dependencies: NotificationDependencies,
  source: InboxRow['source'],
  envelope: SnsEnvelope,
): Promise<Acceptance> {
  const { db, topicArn, logger } = dependencies;
  if (envelope.topicArn !== topicArn) {
    const isNew = await storeUnusable(db, source, envelope.messageId, `from another topic: ${envelope.topicArn}`);
    if (isNew) logger.warn({ messageId: envelope.messageId, topicArn: envelope.topicArn }, 'ignored a notification from another topic');
    return 'ignored';
  }
  const message = parseDelegationMessage(envelope.message);
  if ('unusable' in message) {
    const unusable = `${message.unusable} (${outlineOf(envelope.message)})`;
    const isNew = await storeNotUnderstood(db, source, envelope.messageId, { ...message, unusable });
    if (isNew) logger.warn({ messageId: envelope.messageId, unusable }, 'ignored a notification that Muster does not understand');
    return 'ignored';
  }
  // A request's row is committed before its workflow calls AWS, so no message precedes its row.
  const state = await requestStateOf(db, message.requestId);
  const row = await storeMessage(dependencies, source, envelope.messageId, message, state === 'live');
  try {
    return await deliver(dependencies, row);
  } catch (error) {
    logger.warn(
      { messageId: row.messageId, fault: describeDatabaseError(error) },
      'a stored notification could not be delivered; the reconciler retries it',
    );
    return 'waiting';
  }
}

/** Signals an inbox row to its run, or ignores it. A second delivery is harmless, because the run knows a message by its id. */
export async function deliver({ db, signals }: Pick<NotificationDependencies, 'db' | 'signals'>, row: InboxRow): Promise<Acceptance> {
  if (row.status !== 'received') return row.status;
  // The row comes first: a message about an unknown request must not cause calls to Temporal.
  const state = await requestStateOf(db, row.requestId!);
  if (state !== 'live') {
    await ignoreMessage(db, row, state === 'ended' ? 'request_ended' : 'unknown_request');
    return 'ignored';
  }
  if (!(await signals.send(row))) return 'waiting';
  return await markSignalled(db, row);
}
