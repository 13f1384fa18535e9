import { startServer, type ApiServer } from '../../../api/server.ts';
import type { ApiInstance } from './harness.ts';

/** Serves an instance over HTTP, on a free port: what the network does to a call, a direct one does not show. */
export async function serveOverHttp(api: ApiInstance): Promise<ApiServer> {
  return await startServer({
    fetch: (request, connection) => api.handle(request, connection),
    host: '127.0.0.1',
    port: 0,
    onStopping: () => api.stop(),
  });
}
