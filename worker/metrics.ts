import type { MetricMeter } from '@temporalio/common';
import type { MetricsExporterConfig } from '@temporalio/worker';
import type { ReportAwsError } from '../activities/aws/report-errors.ts';

/** AWS could return any number of codes. Further codes count as `other`. */
const maxCodes = 100;

/** Counts AWS's errors by service, operation and code (S6), beside the Temporal SDK's own metrics. */
export function createAwsErrorCounter(meter: MetricMeter): ReportAwsError {
  const counter = meter.createCounter('muster_aws_errors', undefined, 'Calls to AWS that failed or got no response.');
  const codes = new Set<string>();
  return ({ service, operation, code }) => {
    if (codes.size < maxCodes) codes.add(code);
    counter.add(1, { service, operation, code: codes.has(code) ? code : 'other' });
  };
}

/**
 * Counts the failures of the reconciler's jobs. The label is not named `job`, because Prometheus adds a label of that name to
 * every series.
 */
export function createReconcilerFailureCounter(meter: MetricMeter): (job: string) => void {
  const counter = meter.createCounter(
    'muster_reconciler_failures',
    undefined,
    'Rows that a reconciler job failed to repair, and jobs that failed as a whole.',
  );
  return (job) => counter.add(1, { reconciler_job: job });
}

/** Has the Temporal SDK serve its own metrics and Muster's under /metrics of the address. */
export function prometheusAt(host: string, port: number): MetricsExporterConfig {
  const address = host.includes(':') ? `[${host}]` : host;
  return { prometheus: { bindAddress: `${address}:${port}`, countersTotalSuffix: true, unitSuffix: true, useSecondsForDurations: true } };
}
