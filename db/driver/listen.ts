import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

export interface ListenOptions {
  config: pg.ClientConfig;
  channel: string;
  onNotification: (payload: string) => void;
  /** Called after each start of listening. Notifications before it may have been lost. */
  onListening: () => void;
  /** Called when the connection fails. The listener connects again. */
  onTrouble: (error: unknown) => void;
}

/** How often the listener checks that its connection lives. A hanging Postgres or network closes no connection. */
const checkMs = 15_000;
/** Timeout of the check. */
const checkTimeoutMs = 5_000;
const maxRetryDelayMs = 5_000;

/** Listens on a connection of its own, and connects again whenever it is lost. Returns the function that ends it. */
export function startListening(options: ListenOptions): () => Promise<void> {
  const ending = new AbortController();
  const ended = listenUntil(ending.signal, options);
  return async () => {
    ending.abort();
    await ended;
  };
}

async function listenUntil(signal: AbortSignal, options: ListenOptions): Promise<void> {
  let retryDelayMs = 0;
  while (!signal.aborted) {
    try {
      await listenOnce(signal, options, () => (retryDelayMs = 0));
    } catch (error) {
      if (signal.aborted) return;
      options.onTrouble(error);
    }
    retryDelayMs = Math.min(maxRetryDelayMs, retryDelayMs * 2 || 100);
    await delay(retryDelayMs, undefined, { signal }).catch(() => {});
  }
}

/** Listens until the connection is lost, which it reports by throwing, or until the signal. */
async function listenOnce(
  signal: AbortSignal,
  { config, channel, onNotification, onListening }: ListenOptions,
  onSuccess: () => void,
): Promise<void> {
  const client = new pg.Client({ ...config, query_timeout: checkTimeoutMs });
  const over = new Promise<void>((resolve, reject) => {
    client.on('error', reject);
    client.on('end', resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  // The connection may fail before anything waits for it.
  over.catch(() => {});
  try {
    await client.connect();
    client.on('notification', ({ payload }) => onNotification(payload ?? ''));
    await client.query(`listen ${client.escapeIdentifier(channel)}`);
    onSuccess();
    onListening();
    for (let isOver = false; !isOver && !signal.aborted;) {
      const pause = new AbortController();
      isOver = await Promise.race([over.then(() => true), delay(checkMs, false, { signal: pause.signal })]).finally(() => pause.abort());
      if (!isOver) await client.query('select 1');
    }
  } finally {
    // Returns at once for a lost connection, and closes the socket if Postgres does not answer.
    await Promise.race([client.end(), delay(1_000, undefined, { ref: false })]).catch(() => {});
  }
}
