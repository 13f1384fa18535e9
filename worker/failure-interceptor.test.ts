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

it('D11: a database error goes into no history and no log with the query’s parameters', () => {
  const cause = Object.assign(new Error('duplicate key (secret-value)'), { code: '23505', constraint_name: 'clouds_account_key' });
  const { failure, logged } = cast(new DrizzleQueryError('insert into x values ($1)', ['secret-value'], cause));
  expect(failure).toMatchObject({ type: 'Transient', nonRetryable: false });
  expect(`${failure.message}${failure.stack}${logged}`).not.toContain('secret-value');
  expect(logged).toContain('23505');
});

it('S6: what is logged of a failure leads to the run, its request and the attempt', () => {
  expect(JSON.parse(cast(new TypeError('x')).logged)).toMatchObject(context);
});

it('a database that is away is waited for', () => {
  expect(cast(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })).failure).toMatchObject({
    type: 'Transient',
    details: [{ code: 'database_unavailable' }],
  });
});

it('S7: a value of a sealing key that this worker does not have waits for one that has it, and tells the operator which', () => {
  const { failure, logged } = cast(new SealingKeyMissing(['k2']));
  expect(failure).toMatchObject({ type: 'Transient', nonRetryable: false, details: [{ code: 'sealing_key_missing' }] });
  expect(failure.message).toMatch(/key k2 .*MUSTER_SEALING_KEYS/);
  expect(logged).toContain('k2');
});

it('a defect of ours is not repeated, and its words stay in the log', () => {
  const { failure, logged } = cast(new TypeError('x is undefined'));
  expect(failure).toMatchObject({ type: 'Defect', nonRetryable: true });
  expect(failure.message).not.toContain('x is undefined');
  expect(logged).toContain('x is undefined');
});

it.each([ApplicationFailure.create({ type: 'Throttled' }), new CancelledFailure('stop')])(
  'what is known already passes as it is',
  (known) => {
    expect(cast(known).failure).toBe(known);
  },
);

it('S6: a secret that is logged by its name is redacted', () => {
  let logged = '';
  const logger = createLogger('test', 'info', {
    write: (line: string) => {
      logged += line;
    },
  });
  logger.info({ externalId: 'very-secret', nested: { exchangeToken: 'very-secret' } }, 'oops');
  expect(logged).not.toContain('very-secret');
});
