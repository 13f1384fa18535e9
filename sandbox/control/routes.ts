/** The control routes under /_sandbox (README, "Control routes"). JSON in and out. */
import { z } from 'zod';
import type { HttpRequest, HttpResponse } from '../core/http.ts';
import { jsonResponse } from '../core/http.ts';
import type { Runtime } from '../core/runtime.ts';
import { changeSettings, makeOrganization, organizationBody, settingsBody } from '../organizations/control.ts';
import { organizationsState } from '../organizations/state.ts';
import type { CallCounts } from './calls.ts';
import { controlState } from './state.ts';
import type { Fault } from './state.ts';

export interface ControlDeps {
  runtime: Runtime;
  calls: CallCounts;
  /** Empties the world but for the partner's own things. */
  reset(): Promise<void>;
  releaseNotifications(containing?: string): void | Promise<void>;
}

const faultBody = z.strictObject({
  service: z.string().optional(),
  operation: z.string().optional(),
  accountId: z
    .string()
    .regex(/^\d{12}$/, 'must be 12 digits')
    .optional(),
  kind: z.enum(['throttle', 'error', 'drop', 'delay', 'access_denied', 'region_disabled']),
  rate: z.number().min(0).max(1).default(1),
  times: z.int().positive().optional(),
  ms: z.number().min(0).default(0),
});

const limitsBody = z.strictObject({
  mode: z.enum(['aws', 'off']).optional(),
  latencyMs: z.number().min(0).optional(),
  iamPropagationMs: z.number().min(0).optional(),
  stackStepMs: z.number().min(0).optional(),
  simulationsPerSecond: z.number().positive().optional(),
});

const clockBody = z.strictObject({ advanceSeconds: z.number() });

const notificationsBody = z.strictObject({
  duplicate: z.int().min(0).optional(),
  reorder: z.boolean().optional(),
  hold: z.boolean().optional(),
  drop: z.union([z.boolean(), z.int().min(0)]).optional(),
});

const releaseBody = z.strictObject({ containing: z.string().optional() });

/** A control request that cannot be carried out; its sentence goes to the caller. */
class BadControlRequest extends Error {}

type Route = (request: HttpRequest) => HttpResponse | Promise<HttpResponse>;

export function createControlRoutes(deps: ControlDeps): Route {
  const { world, clockMoved } = deps.runtime;
  const done = (): HttpResponse => jsonResponse(200, {});

  const routes: Record<string, Route> = {
    'GET /health': () => jsonResponse(200, { status: 'ok' }),
    'GET /faults': () => jsonResponse(200, { faults: controlState.of(world).faults }),
    'POST /faults': (request) => {
      const { service, operation, accountId, times, ...rest } = readBody(faultBody, request);
      const filters = { service, operation, accountId, times };
      const fault = { ...rest, ...Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined)) } as Fault;
      if (fault.kind === 'delay' && fault.ms === 0) throw new BadControlRequest('ms: a delay needs its length in milliseconds.');
      controlState.of(world).faults.push(fault);
      return changed(jsonResponse(201, fault));
    },
    'DELETE /faults': () => {
      controlState.of(world).faults.length = 0;
      return changed(done());
    },
    'GET /limits': () => jsonResponse(200, controlState.of(world).limits),
    'PUT /limits': (request) => {
      const given = readBody(limitsBody, request);
      Object.assign(controlState.of(world).limits, Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)));
      return changed(jsonResponse(200, controlState.of(world).limits));
    },
    'GET /clock': () =>
      jsonResponse(200, { now: new Date(world.now()).toISOString(), aheadSeconds: controlState.of(world).clockOffsetMs / 1000 }),
    'PUT /clock': (request) => {
      controlState.of(world).clockOffsetMs += readBody(clockBody, request).advanceSeconds * 1000;
      clockMoved();
      return changed(
        jsonResponse(200, { now: new Date(world.now()).toISOString(), aheadSeconds: controlState.of(world).clockOffsetMs / 1000 }),
      );
    },
    'GET /notifications': () => jsonResponse(200, controlState.of(world).notifications),
    'PUT /notifications': (request) => {
      const given = readBody(notificationsBody, request);
      controlState.of(world).notifications = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
      return changed(jsonResponse(200, controlState.of(world).notifications));
    },
    'POST /notifications/release': async (request) => {
      await deps.releaseNotifications(request.body === '' ? undefined : readBody(releaseBody, request).containing);
      return done();
    },
    'POST /organizations': async (request) => {
      const made = await makeOrganization(world, readBody(organizationBody, request));
      if (typeof made === 'string') throw new BadControlRequest(made);
      return jsonResponse(201, made);
    },
    'GET /organizations/settings': () => jsonResponse(200, organizationsState.of(world).settings),
    'PUT /organizations/settings': (request) => jsonResponse(200, changeSettings(world, readBody(settingsBody, request))),
    'GET /calls': () => jsonResponse(200, deps.calls.read()),
    'DELETE /calls': () => {
      deps.calls.clear();
      return done();
    },
    'POST /reset': async () => {
      await deps.reset();
      return done();
    },
  };

  function changed(response: HttpResponse): HttpResponse {
    world.touch();
    return response;
  }

  return async (request) => {
    const path = request.url.pathname.slice('/_sandbox'.length);
    const route = routes[`${request.method} ${path}`];
    if (!route) {
      const known = Object.keys(routes).some((name) => name.endsWith(` ${path}`));
      return jsonResponse(known ? 405 : 404, { error: `There is no ${request.method} /_sandbox${path}.` });
    }
    try {
      return await route(request);
    } catch (error) {
      if (error instanceof BadControlRequest) return jsonResponse(422, { error: error.message });
      throw error;
    }
  };
}

function readBody<T>(schema: z.ZodType<T>, request: HttpRequest): T {
  let value: unknown;
  try {
    value = JSON.parse(request.body);
  } catch {
    throw new BadControlRequest('The body must be JSON.');
  }
  const result = schema.safeParse(value);
  if (!result.success) {
    throw new BadControlRequest(result.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; '));
  }
  return result.data;
}
