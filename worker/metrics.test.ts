import type { MetricMeter } from '@temporalio/common';
import { expect, it } from 'vitest';
import { createAwsErrorCounter, createReconcilerFailureCounter } from './metrics.ts';

function countingMeter(): { meter: MetricMeter; counted: Map<string, number> } {
  const counted = new Map<string, number>();
  const add = (value: number, tags: object) => counted.set(JSON.stringify(tags), (counted.get(JSON.stringify(tags)) ?? 0) + value);
  return { meter: { createCounter: () => ({ add }) } as unknown as MetricMeter, counted };
}

it('S6: AWS errors are counted by service, operation and code', () => {
  const { meter, counted } = countingMeter();
  const report = createAwsErrorCounter(meter);
  for (const code of ['AccessDenied', 'Throttling', 'AccessDenied']) report({ service: 'STS', operation: 'AssumeRole', code });
  expect(Object.fromEntries(counted)).toEqual({
    '{"service":"STS","operation":"AssumeRole","code":"AccessDenied"}': 2,
    '{"service":"STS","operation":"AssumeRole","code":"Throttling"}': 1,
  });
});

it('S6: the number of counted codes is limited', () => {
  const { meter, counted } = countingMeter();
  const report = createAwsErrorCounter(meter);
  for (let index = 0; index < 1_000; index += 1) report({ service: 'STS', operation: 'AssumeRole', code: `Code${index}` });
  expect(counted.size).toBe(101);
  expect(counted.get('{"service":"STS","operation":"AssumeRole","code":"other"}')).toBe(900);
});

it('S6: failures of the reconciler are counted by job', () => {
  const { meter, counted } = countingMeter();
  const count = createReconcilerFailureCounter(meter);
  for (const job of ['wake-keepers', 'start-previews', 'wake-keepers']) count(job);
  expect(Object.fromEntries(counted)).toEqual({ '{"reconciler_job":"wake-keepers"}': 2, '{"reconciler_job":"start-previews"}': 1 });
});
