import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:http';
import { getRequestListener, type HttpBindings } from '@hono/node-server';

/**
 * How long running calls may take to end after the server stops accepting. It is shorter than the timeouts of supervisors.
 * A create call that still waits for AWS loses nothing: its request is recorded and its workflow runs.
 */
const graceMs = 8_000;

export interface ApiServer {
  /** The URL of the server, such as http://127.0.0.1:8080. */
  url: string;
  /** Stops accepting calls, waits for running calls, and then closes the remaining connections. */
  close(): Promise<void>;
}

export interface ServerOptions {
  /** Serves one call. The connection carries the address of the client. */
  fetch: (request: Request, connection: HttpBindings) => Response | Promise<Response>;
  host: string;
  /** 0 for any free port. */
  port: number;
  /** Called when the server stops accepting calls. Event streams must end then. */
  onStopping: () => void;
}

/** Serves the application over HTTP/1.1. Rejects if the port is taken. */
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
      const force = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearInterval(idle);
      clearTimeout(force);
    },
  };
}
