import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { answers } from '../config/answers.ts';

/** The dependencies without which the worker is not ready, by name. */
export type Checks = Readonly<Record<string, () => PromiseLike<unknown>>>;

export interface HealthServerOptions {
  host: string;
  /** 0 picks a free port. */
  port: number;
  /** False before the worker takes tasks, and after it begins to stop. */
  isWorking: () => boolean;
  checks: Checks;
}

export interface HealthServer {
  port: number;
  close(): Promise<void>;
}

/**
 * Serves the worker's /health/live and /health/ready, like the API's (S6). A supervisor restarts a worker that is not live,
 * and waits until it is ready. Rejects if the port is taken.
 */
export async function startHealthServer({ host, port, isWorking, checks }: HealthServerOptions): Promise<HealthServer> {
  const server = createServer((request, response) => {
    if (request.url === '/health/live') answer(response, 200, { status: 'ok' });
    else if (request.url === '/health/ready') void answerReadiness(response, isWorking, checks);
    else answer(response, 404, { status: 'not_found' });
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    port: (server.address() as { port: number }).port,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answerReadiness(response: ServerResponse, isWorking: () => boolean, checks: Checks): Promise<void> {
  const found = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, (await answers(check())) ? 'ok' : 'unavailable'] as const),
  );
  const isReady = isWorking() && found.every(([, result]) => result === 'ok');
  answer(response, isReady ? 200 : 503, { status: isReady ? 'ready' : 'not_ready', checks: Object.fromEntries(found) });
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
