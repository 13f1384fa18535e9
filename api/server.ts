import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:http';
import { getRequestListener, type HttpBindings } from '@hono/node-server';

/**
 * How long calls that are under way may take to end, in milliseconds. Shorter than what supervisors give a process: a
 * create call that still waits for AWS then loses nothing, since its request is recorded and its workflow runs.
 */
const grace = 8_000;

export interface ApiServer {
  /** Where it listens, such as http://127.0.0.1:8080. */
  url: string;
  /** Accepts no more calls, waits for those under way, and then closes what is left. */
  close(): Promise<void>;
}

export interface ServerOptions {
  /** Gets the connection as well: who calls is known from it alone. */
  fetch: (request: Request, connection: HttpBindings) => Response | Promise<Response>;
  host: string;
  /** 0 for any free one. */
  port: number;
  /** Called when the server stops accepting; streams shall end then. */
  onStopping: () => void;
}

/** Serves the application over HTTP/1.1. Rejects when the port is taken. */
export async function startServer(options: ServerOptions): Promise<ApiServer> {
  const listener = getRequestListener((request, connection) => options.fetch(request, connection as HttpBindings));
  const server = createServer((request, response) => void listener(request, response));
  server.listen(options.port, options.host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      options.onStopping();
      const idle = setInterval(() => server.closeIdleConnections(), 250);
      const force = setTimeout(() => server.closeAllConnections(), grace);
      await closed;
      clearInterval(idle);
      clearTimeout(force);
    },
  };
}
