import { createServer } from 'node:net';

/** The only address that the embedded stack listens on. */
export const LOOPBACK = '127.0.0.1';

async function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('no TCP address'));
        else resolve(address.port);
      });
    });
  });
}

/** A TCP port on 127.0.0.1 that nobody listens on at the time of the call. */
export async function findFreePort(): Promise<number> {
  return listenOnce(0);
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
