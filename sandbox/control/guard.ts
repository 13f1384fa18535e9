/** Keeps other web pages of the developer's browser away from the control routes and the console, which ask for no credentials. */
import { isIP } from 'node:net';
import type { HttpRequest, HttpResponse } from '../core/http.ts';
import { jsonResponse } from '../core/http.ts';

/** The names by which the sandbox may be called. */
export interface KnownHosts {
  /** The address that it listens on. */
  address: string;
  /** Further names, such as that of a container. */
  names: readonly string[];
}

/**
 * Answers 403 for a request with an unknown Host header, because a page can make its own name point here (DNS rebinding), and
 * for a change that another site's page sends. Null for every other request. Programs send neither Origin nor
 * Sec-Fetch-Site.
 */
export function refuseForeign({ method, headers }: Pick<HttpRequest, 'method' | 'headers'>, known: KnownHosts): HttpResponse | null {
  const host = headers['host'] ?? '';
  if (!isKnown(host, known)) {
    return refusal(`The host "${host}" is not known. Call the sandbox by its address, or name the host in SANDBOX_HOSTS.`);
  }
  if (method === 'GET' || method === 'HEAD') return null;
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  const isForeign =
    (origin !== undefined && hostOf(origin) !== host.toLowerCase()) || (site !== undefined && site !== 'same-origin' && site !== 'none');
  return isForeign ? refusal('A page of another site sent this request.') : null;
}

function isKnown(host: string, { address, names }: KnownHosts): boolean {
  const name = /^(\[[0-9a-f:]+\]|[^:[\]]+)(?::\d+)?$/i.exec(host)?.[1]?.toLowerCase().replaceAll(/[[\]]/g, '');
  if (name === undefined) return false;
  if (name === 'localhost' || name === '127.0.0.1' || name === '::1') return true;
  // A page can give its own name any address, but no address is its name.
  const listensEverywhere = address === '0.0.0.0' || address === '::';
  return name === address || (listensEverywhere && isIP(name) > 0) || names.some((known) => known.toLowerCase() === name);
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}

function refusal(error: string): HttpResponse {
  return jsonResponse(403, { error });
}
