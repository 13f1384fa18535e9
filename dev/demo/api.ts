import { setTimeout as delay } from 'node:timers/promises';

/** A refused call. The message contains the detail of the problem. */
export class ApiRefusal extends Error {
  override readonly name = 'ApiRefusal';
}

/** The API for scripts: JSON in, JSON out. Throws refusals. */
export interface Api {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: unknown): Promise<T>;
  put<T>(path: string, body: unknown): Promise<T>;
  patch<T>(path: string, body: unknown): Promise<T>;
  delete<T>(path: string): Promise<T>;
  /** The entries of a server-sent event stream until it ends. Resumes a broken stream. */
  events(path: string): AsyncGenerator<{ event: string; data: unknown }>;
}

export function connectApi(apiUrl: string, apiKey: string): Api {
  const headers = { authorization: `Bearer ${apiKey}` };
  async function call<T>(path: string, init: RequestInit): Promise<T> {
    const response = await fetch(new URL(path, apiUrl), init);
    const body = (await response.json()) as T & { title?: string; detail?: string };
    if (response.ok) return body;
    throw new ApiRefusal(`${init.method ?? 'GET'} ${path} answered ${response.status}: ${body.detail ?? body.title ?? 'no reason'}`);
  }
  const send = <T>(method: string, path: string, body: unknown): Promise<T> =>
    call(path, { method, headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) });
  return {
    get: (path) => call(path, { headers }),
    post: (path, body) => send('POST', path, body),
    put: (path, body) => send('PUT', path, body),
    patch: (path, body) => send('PATCH', path, body),
    delete: (path) => call(path, { method: 'DELETE', headers }),
    async *events(path) {
      let lastId: string | undefined;
      for (;;) {
        const response = await fetch(new URL(path, apiUrl), {
          headers: { ...headers, ...(lastId === undefined ? {} : { 'last-event-id': lastId }) },
        }).catch(() => null);
        if (response?.ok && response.body) {
          let ended = true;
          try {
            for await (const message of messagesOf(response.body)) {
              if (message.id) lastId = message.id;
              yield { event: message.event, data: JSON.parse(message.data) };
            }
          } catch {
            ended = false;
          }
          if (ended) return;
        }
        await delay(500);
      }
    },
  };
}

async function* messagesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<{ id: string; event: string; data: string }> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const fields = Object.fromEntries(
        text
          .slice(0, end)
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trimStart()]),
      );
      text = text.slice(end + 2);
      if (fields['data'] !== undefined) yield { id: fields['id'] ?? '', event: fields['event'] ?? 'message', data: fields['data'] };
    }
  }
}
