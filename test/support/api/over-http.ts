import { startServer, type ApiServer } from '../../../api/server.ts';
import type { ApiInstance } from './harness.ts';

/** Serves an instance over HTTP on a free port, for effects of the network on a call. */
export async function serveOverHttp(api: ApiInstance): Promise<ApiServer> {
  return await startServer({
    fetch: (request, connection) => api.handle(request, connection),
    host: '127.0.0.1',
    port: 0,
    onStopping: () => api.stop(),
  });
}
