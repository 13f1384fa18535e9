import { createRoute, type RouteConfig, type RouteConfigToTypedResponse, type RouteHandler, type z } from '@hono/zod-openapi';
import type { ApiEnv } from '../context.ts';
import { allowEmptyBody } from '../middleware/empty-body.ts';
import { problems, type ProblemCode } from '../problems/codes.ts';
import { problemMediaType, problemSchema } from '../problems/problem.ts';
import { noQuery } from '../schemas/fields.ts';

/** A route with its handler, for the application and the OpenAPI document. */
export interface DefinedRoute {
  route: RouteConfig;
  handler: RouteHandler<RouteConfig, ApiEnv>;
}

const titles: Record<string, string> = {
  400: 'The URL or the request body cannot be read',
  401: 'The API key is missing or not valid',
  403: 'Not allowed',
  404: 'Not found',
  409: "Conflict with the resource's current state",
  413: 'The request body is over 1 MiB',
  415: 'The request body is not declared as JSON',
  422: 'Some fields are invalid',
  429: 'Too many calls; retry after the time in Retry-After',
  503: 'Postgres, Temporal or AWS is unavailable; retry after the time in Retry-After',
};

function commonProblems(route: RouteConfig): ProblemCode[] {
  const isPublic = route.security?.length === 0;
  const codes: ProblemCode[] = isPublic ? [] : ['unauthorized', 'invalid_input', 'invalid_url', 'database_unavailable', 'rate_limited'];
  if (!isPublic && route.method !== 'get') codes.push('forbidden');
  if (route.path.includes('{id}')) codes.push('not_found');
  if (route.request?.body?.content['application/json']) codes.push('invalid_json', 'body_too_large', 'unsupported_media_type');
  return codes;
}

function problemResponses(route: RouteConfig, own: readonly ProblemCode[]): RouteConfig['responses'] {
  const codes = [...new Set([...commonProblems(route), ...own])];
  const statuses = new Set(codes.map((code) => problems[code].status).toSorted((a, b) => a - b));
  return Object.fromEntries(
    [...statuses].map((status) => [
      status,
      {
        description: `${titles[status]}: ${codes
          .filter((code) => problems[code].status === status)
          .map((code) => `\`${code}\``)
          .join(', ')}`,
        content: { [problemMediaType]: { schema: problemSchema } },
      },
    ]),
  );
}

type HandlerAnswer<Route extends RouteConfig> = RouteConfigToTypedResponse<Route> | Response;

/**
 * Defines the schema, the OpenAPI operation and the typed handler of a route in one place. Handlers return successes;
 * errors that they throw become problem documents. `codes` lists the route's own problem codes; `commonProblems` adds the
 * codes that many routes share. Unknown query parameters are refused unless the route's schema allows them.
 */
export function defineRoute<const Route extends RouteConfig>(
  route: Route,
  codes: readonly ProblemCode[],
  handler: (c: Parameters<RouteHandler<Route, ApiEnv>>[0]) => HandlerAnswer<Route> | Promise<HandlerAnswer<Route>>,
): DefinedRoute {
  const hasOptionalBody = route.request?.body !== undefined && route.request.body.required !== true;
  const complete: RouteConfig = createRoute({
    security: [{ bearer: [] }],
    ...route,
    request: { query: noQuery, ...route.request },
    ...(hasOptionalBody ? { middleware: [allowEmptyBody] } : {}),
    responses: { ...route.responses, ...problemResponses(route, codes) },
  });
  return { route: complete, handler: handler as unknown as DefinedRoute['handler'] };
}

/** A JSON response of a route. */
export function json<Schema extends z.ZodType>(schema: Schema, description: string, headers?: Record<string, string>) {
  return {
    description,
    content: { 'application/json': { schema } },
    ...(headers
      ? {
          headers: Object.fromEntries(
            Object.entries(headers).map(([name, text]) => [name, { description: text, schema: { type: 'string' as const } }]),
          ),
        }
      : {}),
  };
}

/** A required JSON body of a route. */
export function body<Schema extends z.ZodType>(schema: Schema) {
  return { required: true as const, content: { 'application/json': { schema } } };
}
