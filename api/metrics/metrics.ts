import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { delegationPhases } from '../../domain/delegation/states.ts';
import type { RegistryFigures } from './registry-figures.ts';

/** A call that the API answered. Labels must have few values, so `route` is the pattern and not the path. */
export interface AnsweredCall {
  method: string;
  route: string;
  status: number;
}

/** The API's metrics, in Prometheus' text format (S6). */
export interface ApiMetrics {
  answered(call: AnsweredCall, seconds: number): void;
  /** A call without a valid API key: it had none, or the key was refused. */
  signInFailed(reason: 'missing' | 'refused'): void;
  /** The current values. Values from the database are left out while it does not answer. */
  read(): Promise<{ contentType: string; text: string }>;
}

const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Registers the API's metrics. Each read calls `readFigures`, which returns null if the database does not answer. */
export function createApiMetrics(register: Registry, readFigures: () => Promise<RegistryFigures | null>): ApiMetrics {
  const durations = new Histogram({
    name: 'muster_http_request_duration_seconds',
    help: 'Time until the API answered. For event streams, time until the stream started.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 40],
    registers: [register],
  });
  const failedSignIns = new Counter({
    name: 'muster_failed_sign_ins_total',
    help: 'Calls without a valid API key, by reason: no key, or a key that is wrong or revoked.',
    labelNames: ['reason'],
    registers: [register],
  });
  const requests = new Gauge({
    name: 'muster_delegation_requests',
    help: 'Delegation requests by phase. Every API process reports the same numbers: use the maximum, not the sum.',
    labelNames: ['phase'],
    registers: [register],
  });
  const waiting = new Gauge({
    name: 'muster_notifications_waiting',
    help: 'Notifications from AWS in the inbox that have not reached their workflow. Use the maximum, not the sum.',
    labelNames: [],
    registers: [register],
  });
  const lag = new Gauge({
    name: 'muster_notification_lag_seconds',
    help: 'Longest time from a change at AWS until Muster handled it, over waiting notifications and the last 10 minutes. Use the maximum, not the sum.',
    labelNames: [],
    registers: [register],
  });
  const show = (figures: RegistryFigures | null): void => {
    for (const gauge of [requests, waiting, lag]) gauge.reset();
    if (!figures) {
      // A gauge without labels would otherwise report 0, which looks like a value.
      for (const gauge of [waiting, lag]) gauge.remove();
      return;
    }
    for (const phase of delegationPhases) requests.set({ phase }, figures.requestsByPhase.get(phase) ?? 0);
    waiting.set(figures.notificationsWaiting);
    lag.set(figures.notificationLagSeconds);
  };
  return {
    answered({ method, route, status }, seconds) {
      durations.observe({ method: knownMethods.has(method) ? method : 'other', route, status }, seconds);
    },
    signInFailed: (reason) => failedSignIns.inc({ reason }),
    async read() {
      show(await readFigures());
      return { contentType: register.contentType, text: await register.metrics() };
    },
  };
}
