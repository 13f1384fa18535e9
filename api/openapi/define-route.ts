import { createRoute, type RouteConfig, type RouteConfigToTypedResponse, type RouteHandler, type z } from '@hono/zod-openapi';
import type { ApiEnv } from '../context.ts';
import { allowEmptyBody } from '../middleware/empty-body.ts';
import { problemMediaType, problemSchema } from '../problems/problem.ts';
import { noQuery } from '../schemas/fields.ts';

/** The codes that a route answers with, by status; every route also has those of `commonProblems`. */
export type RouteProblems = Partial<Record<400 | 403 | 404 | 409 | 413 | 422 | 429 | 503, readonly string[]>>;

/** A route with its handler, as the application and the OpenAPI document take it. */
export interface DefinedRoute {
  route: RouteConfig;
  handler: RouteHandler<RouteConfig, ApiEnv>;
}

const titles: Record<string, string> = {
  400: 'The body cannot be read',
  401: 'No valid API key',
  403: 'Not allowed',
  404: 'Nothing there',
  409: 'It conflicts with what is',
  413: 'The body is over 1 MiB',
  415: 'The body is not declared as JSON',
  422: 'Fields are not right',
  429: 'Too many calls; see Retry-After',
  503: 'Postgres, Temporal or AWS is unavailable; see Retry-After',
};

function commonProblems(route: RouteConfig): Record<number, readonly string[]> {
  const isPublic = route.security?.length === 0;
  const problems: Record<number, readonly string[]> = {};
  if (!isPublic) Object.assign(problems, { 401: ['unauthorized'], 422: ['invalid_input'], 503: ['database_unavailable'] });
  if (!isPublic && route.method !== 'get') problems[403] = ['forbidden'];
  if (route.path.includes('{id}')) problems[404] = ['not_found'];
  if (route.request?.body?.content['application/json'])
    Object.assign(problems, { 400: ['invalid_json'], 413: ['body_too_large'], 415: ['unsupported_media_type'] });
  return problems;
}

function problemResponses(route: RouteConfig, own: RouteProblems): RouteConfig['responses'] {
  const common = commonProblems(route);
  const statuses = [...new Set([...Object.keys(common), ...Object.keys(own)])].map(Number).toSorted((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => {
      const codes = new Set([...(common[status] ?? []), ...((own as Record<number, readonly string[]>)[status] ?? [])]);
      return [
        status,
        {
          description: `${titles[status]}: ${[...codes].map((code) => `\`${code}\``).join(', ')}`,
          content: { [problemMediaType]: { schema: problemSchema } },
        },
      ];
    }),
  );
}

type HandlerAnswer<Route extends RouteConfig> = RouteConfigToTypedResponse<Route> | Response;

/**
 * Schema, route, document and typed handler, once. Handlers answer successes; whatever they throw becomes a problem
 * document. Unknown query parameters are refused unless the route's own schema says otherwise.
 */
export function defineRoute<const Route extends RouteConfig>(
  route: Route,
  problems: RouteProblems,
  handler: (c: Parameters<RouteHandler<Route, ApiEnv>>[0]) => HandlerAnswer<Route> | Promise<HandlerAnswer<Route>>,
): DefinedRoute {
  const hasOptionalBody = route.request?.body !== undefined && route.request.body.required !== true;
  const complete: RouteConfig = createRoute({
    security: [{ bearer: [] }],
    ...route,
    request: { query: noQuery, ...route.request },
    ...(hasOptionalBody ? { middleware: [allowEmptyBody] } : {}),
    responses: { ...route.responses, ...problemResponses(route, problems) },
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
