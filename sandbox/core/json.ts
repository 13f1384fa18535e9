/** AWS JSON 1.0 and 1.1: X-Amz-Target in, JSON out (smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html). */
import { AwsError } from './aws-error.ts';
import type { HttpRequest, HttpResponse } from './http.ts';

/** Throws SerializationException (400) for a body that is no JSON object, as AWS's front end does. */
export function parseJsonInput(body: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = body === '' ? {} : JSON.parse(body);
  } catch {
    throw new AwsError('SerializationException', 'The request body is not valid JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new AwsError('SerializationException', 'The request body must be a JSON object.');
  }
  return value as Record<string, unknown>;
}

export function jsonResult(request: HttpRequest, result: unknown, requestId: string): HttpResponse {
  return answer(request, 200, JSON.stringify(result ?? {}, writeDates), requestId);
}

/** `queryCode` is the name that the service's former query protocol gave the error; SDKs of that age look for it. */
export function jsonError(request: HttpRequest, error: AwsError, requestId: string, queryCode?: string): HttpResponse {
  const body = JSON.stringify({ __type: error.code, message: error.message, ...error.members });
  const response = answer(request, error.status, body, requestId);
  if (queryCode !== undefined) response.headers['x-amzn-query-error'] = `${queryCode};${error.fault}`;
  return response;
}

function answer(request: HttpRequest, status: number, body: string, requestId: string): HttpResponse {
  const type = request.headers['content-type'];
  return {
    status,
    headers: {
      'content-type': type?.startsWith('application/x-amz-json') ? type : 'application/x-amz-json-1.0',
      'x-amzn-requestid': requestId,
    },
    body,
  };
}

/** Timestamps are epoch seconds in AWS JSON; JSON.stringify has turned a Date into text before a replacer sees it. */
function writeDates(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const original = this[key];
  return original instanceof Date ? original.getTime() / 1000 : value;
}
