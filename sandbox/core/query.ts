/**
 * The AWS Query protocol: a form in, XML out
 * (smithy.io/2.0/aws/protocols/aws-query-protocol.html).
 * There is no API model here, so shapes are recognised by their form: `member.N` is a list, `entry.N` with key and value a
 * map; on the way out arrays are lists of <member>, a JavaScript Map is a map of <entry>, plain objects are structures.
 */
import { AwsError } from './aws-error.ts';
import type { HttpResponse } from './http.ts';

type Node = { [key: string]: Node | string };

/** Nests a form's parameters: `Tags.member.1.Key=a` becomes { Tags: [{ Key: 'a' }] }. Action and Version are left out. */
export function parseQueryInput(form: URLSearchParams): Record<string, unknown> {
  const root: Node = Object.create(null) as Node;
  for (const [name, value] of form) {
    if (name === 'Action' || name === 'Version') continue;
    const path = name.split('.');
    let node = root;
    for (const [index, part] of path.entries()) {
      if (index === path.length - 1) node[part] = value;
      else {
        const next = node[part];
        node = typeof next === 'object' ? next : (node[part] = Object.create(null) as Node);
      }
    }
  }
  return collapseChildren(root);
}

function collapseChildren(node: Node): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, child] of Object.entries(node)) {
    // A key such as __proto__ must stay data.
    Object.defineProperty(result, key, { value: collapse(child), enumerable: true, writable: true, configurable: true });
  }
  return result;
}

function collapse(node: Node | string): unknown {
  if (typeof node === 'string') return node;
  const keys = Object.keys(node);
  const only = keys.length === 1 ? node[keys[0]!] : undefined;
  if (keys[0] === 'member' && typeof only === 'object') return numbered(only);
  if (keys[0] === 'entry' && typeof only === 'object') {
    const result: Record<string, unknown> = {};
    for (const entry of numbered(only) as Record<string, unknown>[]) {
      // SNS calls its message attributes' keys Name and Value, all other maps key and value.
      result[String(entry.key ?? entry.Name)] = entry.value ?? entry.Value;
    }
    return result;
  }
  return collapseChildren(node);
}

function numbered(node: Node): unknown[] {
  return Object.keys(node)
    .sort((a, b) => Number(a) - Number(b))
    .map((key) => collapse(node[key]!));
}

/**
 * A successful answer. An operation whose model has an output answers with a result element even when nothing is in it, and
 * one without an output never does: SDKs look for it by the model (smithy.io/2.0/aws/protocols/aws-query-protocol.html).
 */
export function queryResult(operation: string, namespace: string, hasResult: boolean, result: unknown, requestId: string): HttpResponse {
  const body = hasResult ? element(`${operation}Result`, result ?? {}) : '';
  return xml(
    200,
    `<${operation}Response xmlns="${namespace}">${body}<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${operation}Response>`,
    requestId,
  );
}

export function queryError(error: AwsError, namespace: string, requestId: string): HttpResponse {
  const detail = element('Error', { Type: error.fault, Code: error.code, Message: error.message });
  return xml(error.status, `<ErrorResponse xmlns="${namespace}">${detail}<RequestId>${requestId}</RequestId></ErrorResponse>`, requestId);
}

function xml(status: number, body: string, requestId: string): HttpResponse {
  return {
    status,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}\n`,
  };
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null;
}

function element(name: string, value: unknown): string {
  if (isEmpty(value)) return '';
  return `<${name}>${content(value)}</${name}>`;
}

function content(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item) => element('member', item)).join('');
  if (value instanceof Map) {
    return [...value].map(([key, item]) => `<entry>${element('key', key)}${element('value', item)}</entry>`).join('');
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([key, item]) => element(key, item))
      .join('');
  }
  return escapeXml(String(value));
}

// XML 1.0 has no way to write most control characters, not even as references.
const unwritable = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;

function escapeXml(text: string): string {
  return text
    .replace(unwritable, '\uFFFD')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&apos;')
    .replace(/\r/g, '&#xD;');
}
