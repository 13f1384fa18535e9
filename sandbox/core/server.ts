/** The sandbox's HTTP server: one address for every service, the console, the metadata service and the control routes. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { handleConsole } from '../console/index.ts';
import { createCallCounts } from '../control/calls.ts';
import { refuseForeign } from '../control/guard.ts';
import { createBuckets } from '../control/limits.ts';
import { createControlRoutes } from '../control/routes.ts';
import { controlState } from '../control/state.ts';
import { createMetadataService } from '../imds/index.ts';
import type { PartnerSettings } from '../partner/settings.ts';
import { setUpPartner } from '../partner/set-up.ts';
import { handleSnsHttp, releaseNotifications } from '../sns/index.ts';
import { createDispatcher } from './dispatch.ts';
import { jsonResponse, readRequest, sendResponse } from './http.ts';
import type { HttpRequest, HttpResponse } from './http.ts';
import { modules, slices } from './modules.ts';
import { frontPage } from './page.ts';
import { loadState, openStateFile } from './persistence.ts';
import type { StateFile } from './persistence.ts';
import { resetWorld } from './reset.ts';
import { createRuntime } from './runtime.ts';
import { fillState } from './state.ts';
import type { World } from './world.ts';

export interface SandboxOptions {
  /** Default 127.0.0.1. */
  host?: string;
  /** Default 0: any free one. */
  port?: number;
  /** Further names in the Host header by which the control routes and the console may be called. */
  hosts?: readonly string[];
  /** Where the world is kept between runs; without it, in memory only. */
  dataFile?: string;
  /** The product under test, as AWS knows it. */
  partner?: PartnerSettings;
  /** How long STS and the policy evaluator do not see an IAM change, milliseconds; default 0. */
  iamPropagationMs?: number;
  /** Pause between two steps of a stack, milliseconds; default 0. */
  stackStepMs?: number;
  /** Called with one line for each request. */
  log?: (line: string) => void;
}

export interface Sandbox {
  baseUrl: string;
  /** For tests in this process. */
  world: World;
  /** Writes what is unwritten, ends background work and connections. */
  close(): Promise<void>;
}

/**
 * Starts a sandbox; it answers once the partner's account is set up. Rejects when the port is taken, the data file
 * unreadable, or the partner's stack or registration refused.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const pace = { iamPropagationMs: options.iamPropagationMs ?? 0, stackStepMs: options.stackStepMs ?? 0 };
  const loaded = options.dataFile === undefined ? undefined : await loadState(options.dataFile);
  const state = fillState(slices, loaded);
  Object.assign(controlState.of({ state }).limits, pace);

  let handle: ((request: HttpRequest) => Promise<HttpResponse | null>) | undefined;
  const server = createServer((incoming, outgoing) => void serve(incoming, outgoing));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve);
  });
  const baseUrl = addressOf(server.address() as AddressInfo);

  const file: StateFile | undefined = options.dataFile === undefined ? undefined : openStateFile(options.dataFile, state, slices);
  const runtime = createRuntime({ state, baseUrl, partner: options.partner, modules, onTouch: (slice) => file?.changed(slice) });
  const { world } = runtime;
  const calls = createCallCounts();
  const stops = modules.map((module) => module.start?.(world));
  const stopBackground = (): void => {
    for (const stop of stops) stop?.();
  };
  try {
    await setUpPartner(world);
  } catch (error) {
    stopBackground();
    server.close();
    throw error;
  }

  // Requests wait during a reset, so that the partner never finds its queue missing.
  let gate: Promise<void> = Promise.resolve();
  const reset = (): Promise<void> => {
    gate = resetWorld(world, pace).finally(() => {
      runtime.clockMoved();
      calls.clear();
    });
    return gate;
  };
  const dispatch = createDispatcher(runtime, createBuckets(), calls);
  const metadata = createMetadataService(world);
  const control = createControlRoutes({
    runtime,
    calls,
    reset,
    releaseNotifications: (containing) => releaseNotifications(world, containing),
  });

  const known = { address: options.host ?? '127.0.0.1', names: options.hosts ?? [] };
  handle = async (request) => {
    const path = request.url.pathname;
    const isOfDeveloper = path.startsWith('/_sandbox/') || path === '/console' || path.startsWith('/console/');
    const refused = isOfDeveloper ? refuseForeign(request, known) : null;
    if (refused) return refused;
    if (path.startsWith('/_sandbox/')) return control(request);
    await gate.catch(() => undefined);
    if (path === '/console' || path.startsWith('/console/')) return handleConsole(request, world);
    if (path.startsWith('/latest/')) return metadata(request);
    if (path.startsWith('/sns/')) return handleSnsHttp(request, world);
    if (request.method === 'GET' && request.headers.authorization === undefined) {
      if (request.url.searchParams.has('Action')) return handleSnsHttp(request, world);
      return path === '/' ? frontPage(world) : jsonResponse(404, { error: `There is nothing at ${path}.` });
    }
    return dispatch(request);
  };

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const startedAt = performance.now();
    let response: HttpResponse | null;
    const left = new AbortController();
    outgoing.once('close', () => {
      if (!outgoing.writableFinished) left.abort();
    });
    try {
      const request = await readRequest(incoming, left.signal);
      response = handle ? await handle(request) : jsonResponse(503, { error: 'The sandbox is starting.' });
    } catch (error) {
      if (incoming.destroyed && !incoming.complete) return;
      const tooLarge = error instanceof RangeError;
      if (!tooLarge) console.error('sandbox: a request failed', error);
      response = jsonResponse(tooLarge ? 413 : 500, { error: tooLarge ? error.message : 'The sandbox failed; see its log.' });
    }
    const target = String(incoming.headers['x-amz-target'] ?? '');
    options.log?.(
      `${incoming.method} ${incoming.url} ${target} ${response?.status ?? 'dropped'} ${Math.round(performance.now() - startedAt)} ms`,
    );
    if (response === null) incoming.socket.destroy();
    else sendResponse(outgoing, response);
  }

  return {
    baseUrl,
    world,
    async close() {
      stopBackground();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      await file?.close();
    },
  };
}

function addressOf(address: AddressInfo): string {
  const host = address.address === '0.0.0.0' ? '127.0.0.1' : address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}
