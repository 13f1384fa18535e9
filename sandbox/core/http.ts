/** Plain HTTP in and out, so that nothing behind the server depends on Node's streams. */
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface HttpRequest {
  method: string;
  url: URL;
  /** Path and query exactly as they came; signatures are made over them. */
  rawUrl: string;
  /** Lower-case names. */
  headers: Record<string, string>;
  body: string;
  /** Aborts when the client goes away before it was answered. */
  signal: AbortSignal;
}

export interface HttpResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** AWS's largest request of the services here is CloudFormation's (51,200 bytes of template) and SQS's (1 MiB); form encoding up to triples it. */
const maxBodyBytes = 4 * 1024 * 1024;

/** Reads a request whole. Throws RangeError when its body is larger than any that AWS accepts. */
export async function readRequest(incoming: IncomingMessage, signal: AbortSignal): Promise<HttpRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) throw new RangeError('The request body is too large.');
    chunks.push(chunk);
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(',') : value;
  }
  const rawUrl = incoming.url ?? '/';
  return {
    method: incoming.method ?? 'GET',
    url: new URL(rawUrl, 'http://sandbox.invalid'),
    rawUrl,
    headers,
    body: Buffer.concat(chunks).toString('utf8'),
    signal,
  };
}

export function sendResponse(outgoing: ServerResponse, response: HttpResponse): void {
  if (outgoing.destroyed) return;
  const body = Buffer.from(response.body, 'utf8');
  outgoing.writeHead(response.status, { ...response.headers, 'content-length': String(body.length) });
  outgoing.end(body);
}

export function textResponse(status: number, body: string, type = 'text/plain; charset=utf-8'): HttpResponse {
  return { status, headers: { 'content-type': type }, body };
}

export function jsonResponse(status: number, body: unknown): HttpResponse {
  return textResponse(status, `${JSON.stringify(body)}\n`, 'application/json');
}
