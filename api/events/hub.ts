import type postgres from 'postgres';
import type { Logger } from 'pino';
import { describeDatabaseError } from '../../db/errors.ts';

/** The channel of db/migrations' triggers; a payload reads `delegation_request:<id>`. */
const channel = 'muster_changes';

/** Tells streams that what they show may have changed. It carries no data: a listener reads the database itself. */
export interface ChangeHub {
  /** Calls back after every change of the topic, and whenever changes may have been missed. Returns the unsubscriber. */
  subscribe(topic: string, onChange: () => void): () => void;
}

/**
 * Listens on one connection for the whole process. The driver reconnects by itself; after each reconnection everybody
 * is called, so that nothing told in between is missed. The connection ends with its pool.
 */
export function startChangeHub(sql: postgres.Sql, log: Logger): ChangeHub {
  const listeners = new Map<string, Set<() => void>>();
  const callAll = (): void => {
    for (const topic of listeners.values()) for (const onChange of topic) onChange();
  };
  sql
    .listen(channel, (topic) => listeners.get(topic)?.forEach((onChange) => onChange()), callAll)
    // The driver goes on trying by itself.
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
