import type { Logger } from 'pino';
import type { DatabaseClient } from '../../db/client.ts';
import { describeDatabaseError } from '../../db/errors.ts';

/** The channel on which the triggers in db/migrations notify. A payload is a topic, such as `delegation_request:<id>`. */
const channel = 'muster_changes';

/** Notifies listeners that rows of a topic may have changed. It carries no data: listeners read the database themselves. */
export interface ChangeHub {
  /**
   * Calls `onChange` after each change of the topic, and when changes may have been missed. Returns the function to
   * unsubscribe.
   */
  subscribe(topic: string, onChange: () => void): () => void;
}

/**
 * Listens on one connection for the whole process, and reconnects automatically. After each reconnect, the hub calls all
 * listeners, because notifications may have been lost. The connection ends with its pool.
 */
export function startChangeHub(database: Pick<DatabaseClient, 'listen'>, log: Logger): ChangeHub {
  const listeners = new Map<string, Set<() => void>>();
  const callAll = (): void => {
    for (const topic of listeners.values()) for (const onChange of topic) onChange();
  };
  database.listen({
    channel,
    onNotification: (topic) => listeners.get(topic)?.forEach((onChange) => onChange()),
    onListening: callAll,
    onTrouble: (error) => log.warn({ reason: describeDatabaseError(error) }, 'cannot listen for changes; the API connects again'),
  });
  return {
    subscribe(topic, onChange) {
      const subscribed = listeners.get(topic) ?? new Set();
      listeners.set(topic, subscribed.add(onChange));
      return () => {
        subscribed.delete(onChange);
        if (subscribed.size === 0 && listeners.get(topic) === subscribed) listeners.delete(topic);
      };
    },
  };
}
