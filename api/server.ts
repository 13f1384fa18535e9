import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { Server as NetServer, type AddressInfo, type Socket } from 'node:net';
import { getRequestListener, type HttpBindings } from '@hono/node-server';

/**
 * How long running calls may take to end after the server stops accepting. It is shorter than the timeouts of supervisors.
 * A create call that still waits for AWS loses nothing: its request is recorded and its workflow runs.
 */
export const graceMs = 8_000;

/**
 * Default time for which an idle connection stays open. It is longer than the 60 s of common load balancers, which must be
 * the ones to close: a balancer that sends a call on a connection that the server just closed answers its client 502.
 */
export const keepAliveDefaultSeconds = 75;
/** The request line and headers of a call must arrive within this time. Longer than the time of an idle connection. */
export const headersTimeoutMs = (keepAliveSeconds: number): number => keepAliveSeconds * 1_000 + 5_000;
/** A whole call must arrive within this time, unless the headers may take longer. */
export const requestTimeoutMs = 120_000;

export interface ApiServer {
  /** The URL of the server, such as http://127.0.0.1:8080. */
  url: string;
  /** Stops accepting calls, closes idle connections, and closes each other connection after its running call. */
  close(): Promise<void>;
}

export interface ServerOptions {
  /** Serves one call. The connection carries the address of the client. */
  fetch: (request: Request, connection: HttpBindings) => Response | Promise<Response>;
  host: string;
  /** 0 for any free port. */
  port: number;
  keepAliveSeconds?: number;
  /** Called when the server stops accepting calls. Event streams must end then. */
  onStopping: () => void;
}

/** Serves the application over HTTP/1.1. Rejects if the port is taken. */
export async function startServer(options: ServerOptions): Promise<ApiServer> {
  const { keepAliveSeconds = keepAliveDefaultSeconds } = options;
  const listener = getRequestListener((request, connection) => options.fetch(request, connection as HttpBindings));
  const headersTimeout = headersTimeoutMs(keepAliveSeconds);
  const connections = new Connections();
  const server = createServer(
    {
      keepAliveTimeout: keepAliveSeconds * 1_000,
      headersTimeout,
      requestTimeout: Math.max(requestTimeoutMs, headersTimeout),
    },
    (request, response) => {
      connections.begin(request.socket, response);
      void listener(request, response);
    },
  );
  server.on('connection', (socket) => connections.add(socket));
  server.listen(options.port, options.host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
    async close() {
      const closed = once(server, 'close');
      // The close of the HTTP server would also destroy connections whose last answer is not sent completely yet.
      NetServer.prototype.close.call(server);
      options.onStopping();
      connections.closeWhenIdle();
      const force = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(force);
    },
  };
}

/** The open connections, with the number of calls that each one runs. */
class Connections {
  private readonly running = new Map<Socket, number>();
  private isClosing = false;

  add(socket: Socket): void {
    this.running.set(socket, 0);
    socket.once('close', () => this.running.delete(socket));
  }

  begin(socket: Socket, response: ServerResponse): void {
    this.running.set(socket, (this.running.get(socket) ?? 0) + 1);
    // Asks the client to close the connection after the answer.
    if (this.isClosing) response.shouldKeepAlive = false;
    response.once('close', () => {
      const left = (this.running.get(socket) ?? 1) - 1;
      if (this.running.has(socket)) this.running.set(socket, left);
      if (this.isClosing && left === 0) socket.destroySoon();
    });
  }

  /** Closes the connections without a running call, also connections that never sent one, and the others after their calls. */
  closeWhenIdle(): void {
    this.isClosing = true;
    for (const [socket, running] of this.running) {
      // Sends the rest of an answer first.
      if (running === 0) socket.destroySoon();
    }
  }
}
