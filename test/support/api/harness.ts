import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import type { HttpBindings } from '@hono/node-server';
import { pino } from 'pino';
import type { WebhookDependencies } from '../../../api/context.ts';
import { Registry } from 'prom-client';
import { createApp } from '../../../api/app.ts';
import { startChangeHub, type ChangeHub } from '../../../api/events/hub.ts';
import { createFingerprints } from '../../../api/idempotency/fingerprint.ts';
import { defaultIntervals, type ApiIntervals } from '../../../api/intervals.ts';
import { createCallerLimits, type CallerLimitOptions } from '../../../api/limits/caller-limits.ts';
import { createAddressReader } from '../../../api/limits/client-address.ts';
import { startFailedSignIns, type FailedSignIns } from '../../../api/limits/failed-sign-ins.ts';
import { createApiMetrics } from '../../../api/metrics/metrics.ts';
import { createFigureReader } from '../../../api/metrics/registry-figures.ts';
import { createApiKeyIssuer, hashApiKey } from '../../../api/services/api-keys/issuer.ts';
import { createWebhookLimits } from '../../../api/services/webhooks/limits.ts';
import { openDatabase, type DatabaseClient } from '../../../db/client.ts';
import { apiDatabaseLimits } from '../../../db/driver/limits.ts';
import { newId } from '../../../db/ids.ts';
import { apiKeys } from '../../../db/schema/index.ts';
import { parseSealingKeys, type SealingKeys } from '../../../config/sealing-keys.ts';
import { createSealer, type Sealer } from '../../../db/sealing/sealer.ts';
import { MUSTER_ACCOUNT } from '../../../dev/partner/muster.ts';
import { startTestPostgres } from '../../../dev/postgres/test-postgres.ts';
import { createFakeWorkflows, type FakeWorkflows } from './fake-workflows.ts';

export interface CallOptions {
  /** The API key. Null for no key. The default is the admin's key. */
  key?: string | null;
  headers?: Record<string, string>;
}

export interface ApiAnswer {
  status: number;
  headers: Headers;
  // Tests read any field of the API's contract.
  // oxlint-disable-next-line typescript/no-explicit-any
  body: any;
  text: string;
}

/** One instance of the API within the test's process. */
export interface ApiInstance {
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Serves a request that came over a network connection. */
  handle(request: Request, connection?: HttpBindings): Response | Promise<Response>;
  /** Makes a call with a JSON body, as the admin. */
  call(method: string, path: string, body?: unknown, options?: CallOptions): Promise<ApiAnswer>;
  /** Number of streams and waiting calls that listen for changes. */
  listeners(): number;
  /** Ends the streams, like a process that stops. */
  stop(): void;
}

/** The API on a real database, with a fake gateway to Temporal. */
export interface ApiHarness extends ApiInstance {
  database: DatabaseClient;
  databaseUrl: string;
  /** The URL of the owner of the tables; `database` has the rights of the application. */
  ownerUrl: string;
  sealer: Sealer;
  sealingKeys: SealingKeys;
  workflows: FakeWorkflows;
  adminKey: string;
  adminKeyId: string;
  viewerKey: string;
  /** The log of all instances. */
  logged(): string;
  /** Another instance. The default is the same database and the same options. */
  anotherInstance(options?: ApiOptions & { databaseUrl?: string }): ApiInstance;
  close(): Promise<void>;
}

/** Without a topic, without Temporal, and with limits that no test reaches. */
const quietWebhook: WebhookDependencies = {
  trust: null,
  signals: { send: async () => true },
  limits: createWebhookLimits({ perClient: 100_000, total: 100_000, forged: 100_000 }),
};

const boundlessCallers: CallerLimitOptions = {
  callsPerKey: 1_000_000,
  writesPerKey: 1_000_000,
  streamsPerKey: 1_000_000,
  failuresPerAddress: 1_000_000,
};

export interface ApiOptions {
  webhook?: Partial<WebhookDependencies> & { trustedProxies?: number };
  intervals?: Partial<ApiIntervals>;
  /** Limits that no test reaches unless given. */
  callers?: Partial<CallerLimitOptions>;
  /** Only for another instance. */
  sealingKeys?: SealingKeys;
}

export async function startApi(options: ApiOptions = {}): Promise<ApiHarness> {
  const server = await startTestPostgres();
  const testDatabase = await server.createMigratedDatabase();
  const keys = parseSealingKeys(`test:${randomBytes(32).toString('base64')}`);
  const database = openDatabase({ url: testDatabase.url, applicationName: 'api-test', poolSize: 30, limits: apiDatabaseLimits });
  const sealer = createSealer(keys);
  const workflows = createFakeWorkflows();
  let log = '';
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log += chunk.toString();
      done();
    },
  });
  const pools: DatabaseClient[] = [database];
  const signIns: FailedSignIns[] = [];
  const adminKey = `muster_${randomBytes(32).toString('base64url')}`;
  const viewerKey = `muster_${randomBytes(32).toString('base64url')}`;
  const adminKeyId = newId();
  await database.db.insert(apiKeys).values([
    { id: adminKeyId, name: 'Ada Admin', role: 'admin', keyHash: hashApiKey(adminKey) },
    { id: newId(), name: 'Vera Viewer', role: 'viewer', keyHash: hashApiKey(viewerKey) },
  ]);

  const instanceOn = (client: DatabaseClient, { webhook, intervals, callers, sealingKeys = keys }: ApiOptions = {}): ApiInstance => {
    const stopping = new AbortController();
    const logger = pino({ level: 'debug' }, sink);
    const { hub, listeners } = counted(startChangeHub(client, logger));
    const failedSignIns = startFailedSignIns(client.db, logger);
    signIns.push(failedSignIns);
    const app = createApp({
      database: client,
      authentication: client.db,
      callerLimits: createCallerLimits({ ...boundlessCallers, ...options.callers, ...callers }),
      failedSignIns,
      addressOf: createAddressReader(webhook?.trustedProxies ?? options.webhook?.trustedProxies ?? 0, logger),
      workflows,
      ownAccountId: MUSTER_ACCOUNT,
      sealer: sealingKeys === keys ? sealer : createSealer(sealingKeys),
      apiKeyIssuer: createApiKeyIssuer(sealingKeys),
      fingerprints: createFingerprints(sealingKeys),
      hub,
      webhook: { ...quietWebhook, ...options.webhook, ...webhook },
      // A test may change what the checks of readiness find between two calls.
      intervals: { ...defaultIntervals, readinessMs: 0, ...options.intervals, ...intervals },
      log: logger,
      metrics: createApiMetrics(new Registry(), createFigureReader(client.db)),
      draining: stopping.signal,
      stopping: stopping.signal,
    });
    const fetch = async (path: string, init?: RequestInit): Promise<Response> => await app.request(path, init);
    return {
      fetch,
      handle: (request, connection) => app.fetch(request, connection),
      listeners,
      stop: () => stopping.abort(),
      async call(method, path, body, options = {}) {
        const key = options.key === undefined ? adminKey : options.key;
        const response = await fetch(path, {
          method,
          headers: {
            ...(key === null ? {} : { Authorization: `Bearer ${key}` }),
            ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
            ...options.headers,
          },
          ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        });
        const text = await response.text();
        const isJson = response.headers.get('content-type')?.includes('json') ?? false;
        return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : text };
      },
    };
  };

  const first = instanceOn(database);
  return {
    ...first,
    database,
    databaseUrl: testDatabase.url,
    ownerUrl: testDatabase.ownerUrl,
    sealer,
    sealingKeys: keys,
    workflows,
    adminKey,
    adminKeyId,
    viewerKey,
    logged: () => log,
    anotherInstance({ databaseUrl = testDatabase.url, ...changes } = {}) {
      const client = openDatabase({ url: databaseUrl, applicationName: 'api-test-other', poolSize: 30, limits: apiDatabaseLimits });
      pools.push(client);
      return instanceOn(client, changes);
    },
    async close() {
      first.stop();
      await Promise.all(signIns.map((one) => one.close()));
      await Promise.all(pools.map((pool) => pool.close()));
      await server.stop();
    },
  };
}

/** Counts the listeners of a hub. */
function counted(hub: ChangeHub): { hub: ChangeHub; listeners: () => number } {
  let listening = 0;
  return {
    hub: {
      subscribe(topic, onChange) {
        const unsubscribe = hub.subscribe(topic, onChange);
        listening += 1;
        return () => {
          listening -= 1;
          unsubscribe();
        };
      },
    },
    listeners: () => listening,
  };
}
