import { ApplicationFailure } from '@temporalio/common';
import { DrizzleQueryError } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { createLogger } from '../config/logger.ts';
import { activityContext } from './activity-context.ts';
import { createTemporalLogger } from './temporal-log.ts';

function logger(level: string): { temporal: ReturnType<typeof createTemporalLogger>; lines: () => Record<string, unknown>[] } {
  let text = '';
  const temporal = createTemporalLogger(createLogger('worker', level, { write: (line) => void (text += line) }));
  return {
    temporal,
    lines: () =>
      text
        .trim()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

const activity = {
  workflowId: 'delegation/0198',
  workflowRunId: 'run-1',
  workflowType: 'delegationOnboarding',
  activityType: 'proveRole',
  attempt: 2,
  taskToken: 'opens-the-task',
};

it("S6: the SDK's log line of an activity names its run, its request and the attempt, and shows no task token", () => {
  const { temporal, lines } = logger('info');
  const error = ApplicationFailure.create({ type: 'AccessDenied', message: 'no', details: [{ code: 'role_proof_failed' }] });
  temporal.log('WARN', 'Activity failed', { ...activity, error });
  const [line] = lines();
  expect(line).toMatchObject({
    msg: 'Activity failed',
    workflowId: 'delegation/0198',
    runId: 'run-1',
    requestId: '0198',
    activityType: 'proveRole',
    attempt: 2,
    fault: 'ApplicationFailure: no',
    source: 'temporal',
  });
  expect(JSON.stringify(line)).not.toContain('opens-the-task');
});

it('D11: a failed query is logged without its parameters', () => {
  const { temporal, lines } = logger('info');
  temporal.log('ERROR', 'Activity failed', { ...activity, error: new DrizzleQueryError('select $1', ['a-secret'], new Error('gone')) });
  expect(JSON.stringify(lines())).not.toContain('a-secret');
});

it("S6: the SDK's log lines follow the configured level", () => {
  const [quiet, loud] = [logger('warn'), logger('debug')];
  for (const { temporal } of [quiet, loud]) for (const level of ['DEBUG', 'INFO', 'WARN'] as const) temporal.log(level, level);
  expect(quiet.lines().map(({ msg }) => msg)).toEqual(['WARN']);
  expect(loud.lines().map(({ msg }) => msg)).toEqual(['DEBUG', 'INFO', 'WARN']);
});

it('S6: the context of another workflow names its run and no request', () => {
  const workflowExecution = { workflowId: 'cloud-recheck/7', runId: 'r' };
  expect(activityContext({ workflowExecution, activityType: 'checkCloudRole', attempt: 1 })).toEqual({
    workflowId: 'cloud-recheck/7',
    runId: 'r',
    activityType: 'checkCloudRole',
    attempt: 1,
  });
});
