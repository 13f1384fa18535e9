import type { MetricMeter } from '@temporalio/common';
import type { MetricsExporterConfig } from '@temporalio/worker';
import type { ReportAwsError } from '../activities/aws/report-errors.ts';

/** AWS's codes are few, but not ours to bound: beyond so many, further ones count as `other`. */
const mostCodes = 100;

/** Counts AWS's errors by service, operation and code (S6), beside the Temporal SDK's own metrics. */
export function createAwsErrorCounter(meter: MetricMeter): ReportAwsError {
  const counter = meter.createCounter('muster_aws_errors', undefined, 'Calls to AWS that were refused or not answered.');
  const codes = new Set<string>();
  return ({ service, operation, code }) => {
    if (codes.size < mostCodes) codes.add(code);
    counter.add(1, { service, operation, code: codes.has(code) ? code : 'other' });
  };
}

/**
 * Counts the failures of the reconciler's jobs. The label is not named `job`, because Prometheus gives that one to every
 * series that it scrapes.
 */
export function createReconcilerFailureCounter(meter: MetricMeter): (job: string) => void {
  const counter = meter.createCounter('muster_reconciler_failures', undefined, 'Failed reconciler jobs, and rows that a job failed on.');
  return (job) => counter.add(1, { reconciler_job: job });
}

/** How the Temporal SDK serves its metrics and ours, under /metrics of the address. */
export function prometheusAt(host: string, port: number): MetricsExporterConfig {
  const address = host.includes(':') ? `[${host}]` : host;
  return { prometheus: { bindAddress: `${address}:${port}`, countersTotalSuffix: true, unitSuffix: true, useSecondsForDurations: true } };
}
