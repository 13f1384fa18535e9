import { setTimeout as delay } from 'node:timers/promises';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { z } from 'zod';
import { createLogger } from '../config/logger.ts';
import { runProgram } from '../config/run.ts';
import { settings } from '../config/settings.ts';
import { connectionOptions, describeTemporal, readEnvironmentWithTemporal } from '../config/temporal.ts';
import { openDatabase } from '../db/client.ts';
import { apiDatabaseLimits, type DatabaseLimits } from '../db/driver/limits.ts';
import { createSealer } from '../db/sealing/sealer.ts';
import { accountOfArn } from '../domain/aws/own-account.ts';
import { createOnboardingSignals } from '../notifications/signals.ts';
import { createSigningCertificates } from '../notifications/webhook/certificates.ts';
import { describeRefusal } from '../temporal/connect.ts';
import { createDataConverter } from '../temporal/data-converter.ts';
import { createApp } from './app.ts';
import { startChangeHub } from './events/hub.ts';
import { createFingerprints } from './idempotency/fingerprint.ts';
import { defaultIntervals } from './intervals.ts';
import { createCallerLimits } from './limits/caller-limits.ts';
import { createAddressReader } from './limits/client-address.ts';
import { startFailedSignIns } from './limits/failed-sign-ins.ts';
import { createApiMetrics } from './metrics/metrics.ts';
import { createFigureReader } from './metrics/registry-figures.ts';
import { startServer } from './server.ts';
import { ensureBootstrapAdminKey } from './services/api-keys/bootstrap.ts';
import { createApiKeyIssuer } from './services/api-keys/issuer.ts';
import { createWebhookLimits } from './services/webhooks/limits.ts';
import { connectTemporal } from './temporal/connect.ts';
import { explainRefusals } from './temporal/explain-refusals.ts';
import { createTemporalGateway } from './temporal/temporal-gateway.ts';

const environment = z.object({
  DATABASE_URL: settings.DATABASE_URL,
  TEMPORAL_ADDRESS: settings.TEMPORAL_ADDRESS,
  TEMPORAL_NAMESPACE: settings.TEMPORAL_NAMESPACE,
  MUSTER_SEALING_KEYS: settings.MUSTER_SEALING_KEYS,
  MUSTER_PAYLOAD_CODEC: settings.MUSTER_PAYLOAD_CODEC,
  MUSTER_BOOTSTRAP_ADMIN_KEY: settings.MUSTER_BOOTSTRAP_ADMIN_KEY,
  MUSTER_CALLER_ROLE_ARN: settings.MUSTER_CALLER_ROLE_ARN,
  MUSTER_NOTIFICATION_TOPIC_ARN: settings.MUSTER_NOTIFICATION_TOPIC_ARN.optional(),
  MUSTER_SNS_CERTIFICATE_ORIGIN: settings.MUSTER_SNS_CERTIFICATE_ORIGIN,
  MUSTER_WEBHOOK_CLIENT_LIMIT: settings.MUSTER_WEBHOOK_CLIENT_LIMIT,
  MUSTER_WEBHOOK_TOTAL_LIMIT: settings.MUSTER_WEBHOOK_TOTAL_LIMIT,
  MUSTER_WEBHOOK_FORGED_LIMIT: settings.MUSTER_WEBHOOK_FORGED_LIMIT,
  MUSTER_SNS_SIGNATURE_VERSION: settings.MUSTER_SNS_SIGNATURE_VERSION,
  MUSTER_KEY_CALL_LIMIT: settings.MUSTER_KEY_CALL_LIMIT,
  MUSTER_KEY_WRITE_LIMIT: settings.MUSTER_KEY_WRITE_LIMIT,
  MUSTER_KEY_STREAM_LIMIT: settings.MUSTER_KEY_STREAM_LIMIT,
  MUSTER_FAILED_SIGN_IN_LIMIT: settings.MUSTER_FAILED_SIGN_IN_LIMIT,
  MUSTER_KEEP_ALIVE_SECONDS: settings.MUSTER_KEEP_ALIVE_SECONDS,
  MUSTER_API_DATABASE_TIMEOUT_MS: settings.MUSTER_API_DATABASE_TIMEOUT_MS,
  MUSTER_API_STATEMENT_TIMEOUT_MS: settings.MUSTER_API_STATEMENT_TIMEOUT_MS,
  MUSTER_API_LOCK_TIMEOUT_MS: settings.MUSTER_API_LOCK_TIMEOUT_MS,
  MUSTER_API_CONNECT_TIMEOUT_MS: settings.MUSTER_API_CONNECT_TIMEOUT_MS,
  MUSTER_TRUSTED_PROXIES: settings.MUSTER_TRUSTED_PROXIES,
  HOST: settings.HOST,
  PORT: settings.PORT,
  DRAIN_SECONDS: settings.DRAIN_SECONDS,
  LOG_LEVEL: settings.LOG_LEVEL,
});

await runProgram(async () => {
  const { settings: config, temporal: connection } = readEnvironmentWithTemporal('muster api', environment);
  const log = createLogger('api', config.LOG_LEVEL);
  const limits: DatabaseLimits = {
    ...apiDatabaseLimits,
    connectMs: config.MUSTER_API_CONNECT_TIMEOUT_MS,
    statementMs: config.MUSTER_API_STATEMENT_TIMEOUT_MS,
    lockMs: config.MUSTER_API_LOCK_TIMEOUT_MS,
    answerMs: config.MUSTER_API_DATABASE_TIMEOUT_MS,
  };
  const database = openDatabase({ url: config.DATABASE_URL, applicationName: 'muster-api', poolSize: 20, limits });
  const authentication = openDatabase({ url: config.DATABASE_URL, applicationName: 'muster-api-keys', poolSize: 4, perOwner: 2, limits });
  const failedSignIns = startFailedSignIns(database.db, log);
  log.info({ temporal: describeTemporal(connection), payloadCodec: config.MUSTER_PAYLOAD_CODEC }, 'connection to Temporal');
  const temporal = connectTemporal(connection.address, connection.namespace, {
    connection: connectionOptions(connection),
    dataConverter: createDataConverter(config.MUSTER_SEALING_KEYS, config.MUSTER_PAYLOAD_CODEC),
  });
  const [draining, stopping] = [new AbortController(), new AbortController()];
  const register = new Registry();
  collectDefaultMetrics({ register });

  if (config.MUSTER_BOOTSTRAP_ADMIN_KEY !== undefined && !(await ensureBootstrapAdminKey(database.db, config.MUSTER_BOOTSTRAP_ADMIN_KEY))) {
    log.warn('the key in MUSTER_BOOTSTRAP_ADMIN_KEY was revoked, and stays revoked');
  }
  const app = createApp({
    database,
    authentication: authentication.db,
    callerLimits: createCallerLimits({
      callsPerKey: config.MUSTER_KEY_CALL_LIMIT,
      writesPerKey: config.MUSTER_KEY_WRITE_LIMIT,
      streamsPerKey: config.MUSTER_KEY_STREAM_LIMIT,
      failuresPerAddress: config.MUSTER_FAILED_SIGN_IN_LIMIT,
    }),
    failedSignIns,
    addressOf: createAddressReader(config.MUSTER_TRUSTED_PROXIES, log),
    ownAccountId: accountOfArn(config.MUSTER_CALLER_ROLE_ARN),
    // The API serves without Temporal. The client's own errors do not name the reason.
    workflows: explainRefusals(createTemporalGateway(temporal), async (error) => {
      log.warn({ fault: await describeRefusal(connection, error) }, 'the API does not reach Temporal');
    }),
    sealer: createSealer(config.MUSTER_SEALING_KEYS),
    apiKeyIssuer: createApiKeyIssuer(config.MUSTER_SEALING_KEYS),
    fingerprints: createFingerprints(config.MUSTER_SEALING_KEYS),
    hub: startChangeHub(database, log),
    webhook: {
      trust: config.MUSTER_NOTIFICATION_TOPIC_ARN
        ? {
            topicArn: config.MUSTER_NOTIFICATION_TOPIC_ARN,
            otherOrigin: config.MUSTER_SNS_CERTIFICATE_ORIGIN ?? null,
            certificates: createSigningCertificates(),
            signatureVersion: config.MUSTER_SNS_SIGNATURE_VERSION === 'any' ? null : config.MUSTER_SNS_SIGNATURE_VERSION,
          }
        : null,
      signals: createOnboardingSignals(temporal),
      limits: createWebhookLimits({
        perClient: config.MUSTER_WEBHOOK_CLIENT_LIMIT,
        total: config.MUSTER_WEBHOOK_TOTAL_LIMIT,
        forged: config.MUSTER_WEBHOOK_FORGED_LIMIT,
      }),
    },
    intervals: { ...defaultIntervals, databaseMs: config.MUSTER_API_DATABASE_TIMEOUT_MS },
    log,
    metrics: createApiMetrics(register, createFigureReader(database.db)),
    draining: draining.signal,
    stopping: stopping.signal,
  });
  const server = await startServer({
    fetch: (request, connection) => app.fetch(request, connection),
    host: config.HOST,
    port: config.PORT,
    keepAliveSeconds: config.MUSTER_KEEP_ALIVE_SECONDS,
    onStopping: () => stopping.abort(),
  });
  const skipDrain = new AbortController();
  const stop = async (signal: string): Promise<void> => {
    // The second signal ends the drain.
    if (draining.signal.aborted) return skipDrain.abort();
    log.info({ signal, drainSeconds: config.DRAIN_SECONDS }, 'stopping');
    // The process still serves while load balancers notice that it is not ready.
    draining.abort();
    await delay(config.DRAIN_SECONDS * 1_000, undefined, { signal: skipDrain.signal }).catch(() => {});
    await server.close();
    await failedSignIns.close();
    await Promise.all([database.close(), authentication.close()]);
    log.info('stopped');
    // Calls may still wait for a Temporal that does not answer, and closing its connection makes the SDK's retries throw.
    // The requests of those calls are recorded, so an exit loses nothing.
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));

  log.info({ url: server.url }, 'the API is ready');
  process.send?.({ type: 'ready' });
});
