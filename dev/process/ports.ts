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
 * The range of free ports: above the well-known ports, and below the ports that Linux (from 32768) and macOS (from 49152) give to
 * outgoing connections. Such a connection could take a port between its choice and its use, or during a restart of a program.
 */
const FREE_PORTS = { first: 20_000, last: 32_000 };

const given = new Set<number>();

/**
 * Returns a free TCP port on 127.0.0.1 that this function has not returned before. Draws it at random, so that processes that look
 * at the same time find different ports.
 */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FREE_PORTS.first, FREE_PORTS.last);
    if (given.has(port)) continue;
    // Reserved before the first await, or two concurrent calls could get the same port.
    given.add(port);
    if (await isPortFree(port)) return port;
  }
}

/** True if a server can listen on this TCP port of 127.0.0.1 now. Throws errors other than a taken or forbidden port. */
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
