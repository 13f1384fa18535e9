import type { Logger } from 'pino';
import type { Database, DatabaseClient } from '../db/client.ts';
import type { Sealer } from '../db/sealing/sealer.ts';
import type { OnboardingSignals } from '../notifications/signals.ts';
import type { WebhookTrust } from '../notifications/webhook/believe.ts';
import type { ChangeHub } from './events/hub.ts';
import type { Fingerprints } from './idempotency/fingerprint.ts';
import type { ApiIntervals } from './intervals.ts';
import type { CallerLimits } from './limits/caller-limits.ts';
import type { AddressReader } from './limits/client-address.ts';
import type { FailedSignIns } from './limits/failed-sign-ins.ts';
import type { ApiMetrics } from './metrics/metrics.ts';
import type { ApiKeyIssuer } from './services/api-keys/issuer.ts';
import type { WebhookLimits } from './services/webhooks/limits.ts';
import type { WorkflowGateway } from './temporal/gateway.ts';

/** Dependencies of the SNS webhook. */
export interface WebhookDependencies {
  /** Null if no topic is configured. The webhook then answers webhook_not_configured. */
  trust: WebhookTrust | null;
  signals: OnboardingSignals;
  limits: WebhookLimits;
}

/** The dependencies of the API; `createApp` takes them once. */
export interface ApiDependencies {
  database: DatabaseClient;
  /** Looks up API keys through connections of its own, so that other calls cannot keep it from doing so. */
  authentication: Database;
  callerLimits: CallerLimits;
  failedSignIns: FailedSignIns;
  /** The address of a call's client. */
  addressOf: AddressReader;
  workflows: WorkflowGateway;
  /** The account of Muster's caller role, in which no role may be used (B3). */
  ownAccountId: string;
  sealer: Sealer;
  apiKeyIssuer: ApiKeyIssuer;
  fingerprints: Fingerprints;
  hub: ChangeHub;
  webhook: WebhookDependencies;
  intervals: ApiIntervals;
  log: Logger;
  metrics: ApiMetrics;
  /** Aborted on the signal to stop: the process is no longer ready, but still serves. */
  draining: AbortSignal;
  /** Aborted when the process stops serving: event streams end. */
  stopping: AbortSignal;
}

/** The caller, known by its API key (S3). */
export interface Actor {
  apiKeyId: string;
  name: string;
  role: 'admin' | 'viewer';
}

/** The part of an HTTP call that services need. */
export interface Call {
  deps: ApiDependencies;
  actor: Actor;
  requestId: string;
}

export interface ApiEnv {
  Variables: { deps: ApiDependencies; actor: Actor; requestId: string; log: Logger };
}
