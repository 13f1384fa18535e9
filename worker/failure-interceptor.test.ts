import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { DrizzleQueryError } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { createLogger } from '../config/logger.ts';
import { SealingKeyMissing } from '../db/sealing/sealer.ts';
import { castFailure } from './failure-interceptor.ts';

const context = { workflowId: 'delegation/r-1', runId: 'run', requestId: 'r-1', activityType: 'registerCloud', attempt: 3 };

function cast(error: unknown): { failure: Error; logged: string } {
  let logged = '';
  const logger = createLogger('test', 'info', {
    write: (line: string) => {
      logged += line;
    },
  });
  return { failure: castFailure(error, logger, context), logged };
}

it('D11: no history and no log shows the query’s parameters of a database error', () => {
  const cause = Object.assign(new Error('duplicate key (secret-value)'), { code: '23505', constraint: 'clouds_account_key' });
  const { failure, logged } = cast(new DrizzleQueryError('insert into x values ($1)', ['secret-value'], cause));
  expect(failure).toMatchObject({ type: 'Transient', nonRetryable: false });
  expect(`${failure.message}${failure.stack}${logged}`).not.toContain('secret-value');
  expect(logged).toContain('23505');
});

it('S6: the log line of a failure names the run, its request and the attempt', () => {
  expect(JSON.parse(cast(new TypeError('x')).logged)).toMatchObject(context);
});

it('an activity is retried while the database is unavailable', () => {
  expect(cast(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })).failure).toMatchObject({
    type: 'Transient',
    details: [{ code: 'database_unavailable' }],
  });
});

it('S7: a missing sealing key is retried on another worker, and the failure names the key', () => {
  const { failure, logged } = cast(new SealingKeyMissing(['k2']));
  expect(failure).toMatchObject({ type: 'Transient', nonRetryable: false, details: [{ code: 'sealing_key_missing' }] });
  expect(failure.message).toMatch(/key k2 .*MUSTER_SEALING_KEYS/);
  expect(logged).toContain('k2');
});

it('a defect is not retried, and only the log shows its message', () => {
  const { failure, logged } = cast(new TypeError('x is undefined'));
  expect(failure).toMatchObject({ type: 'Defect', nonRetryable: true });
  expect(failure.message).not.toContain('x is undefined');
  expect(logged).toContain('x is undefined');
});

it.each([ApplicationFailure.create({ type: 'Throttled' }), new CancelledFailure('stop')])('a known failure stays as it is', (known) => {
  expect(cast(known).failure).toBe(known);
});

it('S6: a secret in a field of a known name is redacted', () => {
  let logged = '';
  const logger = createLogger('test', 'info', {
    write: (line: string) => {
      logged += line;
    },
  });
  logger.info({ externalId: 'very-secret', nested: { exchangeToken: 'very-secret' } }, 'oops');
  expect(logged).not.toContain('very-secret');
});
