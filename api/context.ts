import type { Logger } from 'pino';
import type { DatabaseClient } from '../db/client.ts';
import type { Sealer } from '../db/sealing/sealer.ts';
import type { OnboardingSignals } from '../notifications/signals.ts';
import type { WebhookTrust } from '../notifications/webhook/believe.ts';
import type { ChangeHub } from './events/hub.ts';
import type { ApiIntervals } from './intervals.ts';
import type { ApiMetrics } from './metrics/metrics.ts';
import type { ApiKeyIssuer } from './services/api-keys/issuer.ts';
import type { WebhookLimits } from './services/webhooks/limits.ts';
import type { WorkflowGateway } from './temporal/gateway.ts';

/** What the webhook for SNS stands on. */
export interface WebhookDependencies {
  /** Null where no topic is configured; the webhook says so then. */
  trust: WebhookTrust | null;
  signals: OnboardingSignals;
  limits: WebhookLimits;
  /** How many proxies before the API append to X-Forwarded-For. */
  trustedProxies: number;
}

/** What the API is made of; `createApp` gets it once. */
export interface ApiDependencies {
  database: DatabaseClient;
  workflows: WorkflowGateway;
  sealer: Sealer;
  apiKeyIssuer: ApiKeyIssuer;
  hub: ChangeHub;
  webhook: WebhookDependencies;
  intervals: ApiIntervals;
  log: Logger;
  metrics: ApiMetrics;
  /** Aborted when the process is asked to stop: it is no longer ready then, and still serves. */
  draining: AbortSignal;
  /** Aborted when the process stops: streams end themselves then. */
  stopping: AbortSignal;
}

/** Who calls (S3). */
export interface Actor {
  apiKeyId: string;
  name: string;
  role: 'admin' | 'viewer';
}

/** What a service gets of the call that it serves. */
export interface Call {
  deps: ApiDependencies;
  actor: Actor;
  requestId: string;
}

export interface ApiEnv {
  Variables: { deps: ApiDependencies; actor: Actor; requestId: string; log: Logger };
}
