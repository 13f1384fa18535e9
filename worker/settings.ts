import { z } from 'zod';
import { settings } from '../config/settings.ts';
import { workerDatabaseLimits, type DatabaseLimits } from '../db/driver/limits.ts';
import { readEnvironmentWithTemporal, type TemporalConnection } from '../config/temporal.ts';

const schema = z.object({
  DATABASE_URL: settings.DATABASE_URL,
  TEMPORAL_ADDRESS: settings.TEMPORAL_ADDRESS,
  TEMPORAL_NAMESPACE: settings.TEMPORAL_NAMESPACE,
  MUSTER_SEALING_KEYS: settings.MUSTER_SEALING_KEYS,
  MUSTER_PAYLOAD_CODEC: settings.MUSTER_PAYLOAD_CODEC,
  AWS_REGION: settings.AWS_REGION,
  MUSTER_CALLER_ROLE_ARN: settings.MUSTER_CALLER_ROLE_ARN,
  MUSTER_OWN_ACCOUNT_ROLE: settings.MUSTER_OWN_ACCOUNT_ROLE,
  MUSTER_NOTIFICATION_TOPIC_ARN: settings.MUSTER_NOTIFICATION_TOPIC_ARN,
  MUSTER_NOTIFICATION_QUEUE_URL: settings.MUSTER_NOTIFICATION_QUEUE_URL,
  MUSTER_POLICY_TEMPLATE_ARN: settings.MUSTER_POLICY_TEMPLATE_ARN,
  MUSTER_PERMISSIONS_BOUNDARY_ARN: settings.MUSTER_PERMISSIONS_BOUNDARY_ARN,
  MUSTER_ORGANIZATION_POLICY_TEMPLATE_ARN: settings.MUSTER_ORGANIZATION_POLICY_TEMPLATE_ARN,
  MUSTER_ORGANIZATION_PERMISSIONS_BOUNDARY_ARN: settings.MUSTER_ORGANIZATION_PERMISSIONS_BOUNDARY_ARN,
  MUSTER_STACK_REGION: settings.MUSTER_STACK_REGION,
  MUSTER_RECONCILE_SECONDS: settings.MUSTER_RECONCILE_SECONDS,
  MUSTER_RECONCILE_GRACE_SECONDS: settings.MUSTER_RECONCILE_GRACE_SECONDS,
  MUSTER_CLOUD_CHECK_HOURS: settings.MUSTER_CLOUD_CHECK_HOURS,
  MUSTER_STACK_POLL_MS: settings.MUSTER_STACK_POLL_MS,
  MUSTER_PUBLIC_URL: settings.MUSTER_PUBLIC_URL,
  MUSTER_WORKER_STATEMENT_TIMEOUT_MS: settings.MUSTER_WORKER_STATEMENT_TIMEOUT_MS,
  MUSTER_WORKER_LOCK_TIMEOUT_MS: settings.MUSTER_WORKER_LOCK_TIMEOUT_MS,
  MUSTER_WORKER_CONNECT_TIMEOUT_MS: settings.MUSTER_WORKER_CONNECT_TIMEOUT_MS,
  LOG_LEVEL: settings.LOG_LEVEL,
  HOST: settings.HOST,
  WORKER_PORT: settings.WORKER_PORT,
  WORKER_METRICS_PORT: settings.WORKER_METRICS_PORT,
  MUSTER_WORKFLOW_BUNDLE: settings.MUSTER_WORKFLOW_BUNDLE,
});

export type WorkerSettings = z.infer<typeof schema> & { temporal: TemporalConnection };

export function readWorkerSettings(environment: NodeJS.ProcessEnv = process.env): WorkerSettings {
  const { settings: read, temporal } = readEnvironmentWithTemporal('muster worker', schema, environment);
  return { ...read, temporal };
}

/** The time limits of the worker's database connections. */
export function databaseLimitsOf(config: WorkerSettings): DatabaseLimits {
  return {
    ...workerDatabaseLimits,
    connectMs: config.MUSTER_WORKER_CONNECT_TIMEOUT_MS,
    statementMs: config.MUSTER_WORKER_STATEMENT_TIMEOUT_MS,
    lockMs: config.MUSTER_WORKER_LOCK_TIMEOUT_MS,
    // Postgres cancels first. This ends the wait for a Postgres that does not.
    answerMs: config.MUSTER_WORKER_STATEMENT_TIMEOUT_MS + 10_000,
  };
}
