import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** The only address that the embedded stack listens on. */
export const LOOPBACK = '127.0.0.1';

async function listenOnce(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => server.close(() => resolve()));
  });
}

/**
 * Where free ports are looked for: above the well-known ones, and below those that Linux (from 32768) and macOS (from 49152) give to
 * outgoing connections, any of which would take a port between its choice and its use, or while a program is being started again.
 */
const FREE_PORTS = { first: 20_000, last: 32_000 };

const given = new Set<number>();

/**
 * A TCP port on 127.0.0.1 that nobody listens on at the time of the call, and that this process was not given before. Drawn at random,
 * so that processes which look at the same time find different ones.
 */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FREE_PORTS.first, FREE_PORTS.last);
    if (given.has(port)) continue;
    // Before anything is waited for, or two calls at once might be given the same.
    given.add(port);
    if (await isPortFree(port)) return port;
  }
}

/** Whether a server can listen on this TCP port of 127.0.0.1 now. Errors other than a taken or forbidden port are thrown. */
export async function isPortFree(port: number): Promise<boolean> {
  try {
    await listenOnce(port);
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EADDRINUSE' || code === 'EACCES') return false;
    throw error;
  }
}
