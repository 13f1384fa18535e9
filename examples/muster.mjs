import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The API's address and key: from MUSTER_API_URL and MUSTER_API_KEY, else those of the stack that `npm start` runs. */
function connection() {
  const { MUSTER_API_URL, MUSTER_API_KEY } = process.env;
  if (MUSTER_API_URL && MUSTER_API_KEY) return { apiUrl: MUSTER_API_URL, apiKey: MUSTER_API_KEY };
  const { apiUrl, adminApiKey } = stackInfo();
  return { apiUrl, apiKey: adminApiKey };
}

/** Reads stack.json of a running stack. Its folder is `.muster` in the project, or MUSTER_HOME. */
export function stackInfo() {
  const home = process.env.MUSTER_HOME ?? fileURLToPath(new URL('../.muster', import.meta.url));
  try {
    return JSON.parse(readFileSync(join(home, 'stack.json'), 'utf8'));
  } catch {
    throw new Error(`No stack runs in ${home}. Run npm start, or set MUSTER_API_URL and MUSTER_API_KEY.`);
  }
}

/** Calls the API and returns the JSON of its answer. Throws with the detail, code and request id of a problem. */
export async function call(method, path, body) {
  const { apiUrl, apiKey } = connection();
  const headers = { Authorization: `Bearer ${apiKey}` };
  const init = { method, headers };
  // A repeated call with the same key and body returns the same answer, so a client can retry safely.
  if (method === 'POST') headers['Idempotency-Key'] = randomUUID();
  if (body !== undefined) {
    headers['Content-Type'] = 'application/json';
    init.body = JSON.stringify(body);
  }
  const response = await fetch(new URL(path, apiUrl), init);
  const answer = await response.json();
  if (!response.ok) throw new Error(`${answer.detail} (${answer.code}, request ${answer.requestId})`);
  return answer;
}

/** Yields the server-sent events of a stream until the API ends it. Resumes a broken stream after the last event. */
export async function* events(path) {
  const { apiUrl, apiKey } = connection();
  let lastId;
  for (;;) {
    const response = await fetch(new URL(path, apiUrl), {
      headers: { Authorization: `Bearer ${apiKey}`, ...(lastId ? { 'Last-Event-ID': lastId } : {}) },
    });
    if (!response.ok) throw new Error(`The API answered ${response.status} to ${path}`);
    try {
      for await (const { id, event, data } of parse(response.body)) {
        lastId = id ?? lastId;
        if (data) yield { event, data: JSON.parse(data) };
      }
      return;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  }
}

/** The fields of each event; an empty line ends an event. */
async function* parse(body) {
  let text = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const parts = (text + chunk).split('\n\n');
    text = parts.pop();
    for (const part of parts) yield Object.fromEntries(part.split('\n').map((line) => line.split(/: ?(.*)/s, 2)));
  }
}
