import type postgres from 'postgres';
import type { Logger } from 'pino';
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
 * Listens on one connection for the whole process. The driver reconnects automatically. After each reconnect, the hub
 * calls all listeners, because notifications may have been lost. The connection ends with its pool.
 */
export function startChangeHub(sql: postgres.Sql, log: Logger): ChangeHub {
  const listeners = new Map<string, Set<() => void>>();
  const callAll = (): void => {
    for (const topic of listeners.values()) for (const onChange of topic) onChange();
  };
  sql
    .listen(channel, (topic) => listeners.get(topic)?.forEach((onChange) => onChange()), callAll)
    // The driver keeps retrying.
    .catch((error: unknown) => log.warn({ reason: describeDatabaseError(error) }, 'cannot listen for changes yet'));
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
