import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Child } from '../process/child.ts';
import { LOOPBACK } from '../process/ports.ts';

const PAUSE_MS = 50;

async function until(signal: AbortSignal, holds: () => Promise<boolean>): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    if (await holds()) return;
    await delay(PAUSE_MS);
  }
}

/** Waits until a TCP port of 127.0.0.1 accepts connections. */
export async function waitForPort(port: number, signal: AbortSignal): Promise<void> {
  await until(signal, async () => {
    return new Promise((resolve) => {
      const socket = connect(port, LOOPBACK, () => resolve(true));
      socket.once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
  });
}

/** Waits until a GET of the URL returns a 2xx status. */
export async function waitForHttp(url: string, signal: AbortSignal): Promise<void> {
  await until(signal, async () => {
    try {
      const response = await fetch(url, { signal });
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false;
    }
  });
}

/** Waits until one of our Node programs sends `{ type: 'ready' }` over its IPC channel. */
export async function waitForReadyMessage(child: Child, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    child.onMessage((message) => {
      if ((message as { type?: unknown } | null)?.type !== 'ready') return;
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
  });
}
