import { CancelledFailure } from '@temporalio/common';
import { DrizzleQueryError } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { awsFailure, meaningOf, retryAfterOf } from './errors.ts';
import { sessionFailure } from './session-failure.ts';
import { isDenial } from '../delegation-onboarding/account-stack/stack-events.ts';

function answered(name: string, httpStatusCode: number, message = 'AWS’s words'): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });
}

describe('the meaning of AWS’s errors', () => {
  it.each([
    ['Throttling', 400, 'Throttled'],
    ['TooManyRequestsException', 400, 'Throttled'],
    ['SomethingNew', 429, 'Throttled'],
    ['ConcurrentModificationException', 409, 'Conflict'],
    ['ServiceFailureException', 500, 'Transient'],
    ['SomethingNew', 503, 'Transient'],
    ['AccessDenied', 403, 'AccessDenied'],
    ['ExpiredToken', 403, 'AccessDenied'],
    ['ExpiredTradeInTokenException', 400, 'Precondition'],
    ['LimitExceededException', 409, 'Precondition'],
    ['ValidationError', 400, 'InvalidInput'],
    ['SomethingNew', 400, 'InvalidInput'],
  ])('%s (%i) is %s', (name, status, meaning) => expect(meaningOf(answered(name, status))).toBe(meaning));

  it('a broken connection is a missing answer, and may be retried', () => {
    expect(meaningOf(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }))).toBe('Transient');
  });

  it('D2: a refusal carries AWS’s code and message, and is not retried', () => {
    const failure = awsFailure(answered('AccessDenied', 403, 'not a partner'), 'The request was not created');
    expect(failure).toMatchObject({
      type: 'AccessDenied',
      nonRetryable: true,
      details: [{ code: 'aws_refused', awsCode: 'AccessDenied' }],
    });
    expect(failure.message).toBe('The request was not created: AWS answered AccessDenied: not a partner');
  });

  it('an outage is retried, and is not reported as a refusal', () => {
    expect(awsFailure(answered('ServiceFailure', 500), 'x')).toMatchObject({
      type: 'Transient',
      nonRetryable: false,
      details: [{ code: 'aws_unavailable' }],
    });
  });
});

describe('errors of calls with delegated credentials', () => {
  it.each([
    ['ExpiredToken', 403, 'session_ended'],
    ['InvalidClientTokenId', 403, 'session_ended'],
    ['AccessDenied', 403, 'delegated_access_insufficient'],
    ['LimitExceededException', 400, 'stack_failed'],
    ['ValidationError', 400, 'stack_failed'],
    ['ServiceUnavailable', 503, 'aws_unavailable'],
  ])('%s gets the code that names its remedy', (name, status, code) => {
    expect(sessionFailure(answered(name, status), 'x')).toMatchObject({ details: [{ code, awsCode: name }] });
  });

  it('S6 D11: an error of a query among the calls is a database failure, and shows nothing but its code', () => {
    const cause = Object.assign(new Error('duplicate key (secret-value)'), { code: '23505', constraint: 'a_key' });
    const failure = sessionFailure(
      new DrizzleQueryError('insert into x values ($1)', ['secret-value'], cause),
      'The stack s could not be deployed',
    );
    expect(failure).toMatchObject({ type: 'Transient', nonRetryable: false, details: [{ code: 'database_unavailable' }] });
    expect(failure.message).toBe('The stack s could not be deployed: the database could not be used (Postgres error 23505 on a_key)');
    expect(failure.stack).not.toMatch(/secret-value|insert into/);
  });

  it('D9: a call that a cancellation aborted is cancelled, and not a missing answer', () => {
    const aborted = Object.assign(new Error('Request aborted'), { name: 'AbortError', $metadata: {} });
    expect(sessionFailure(aborted, 'x')).toBeInstanceOf(CancelledFailure);
  });

  it.each([
    ['HarvestingRole: Resource handler returned message: "no" (RequestToken: r, HandlerErrorCode: AccessDenied)', true],
    ['HarvestingRole: User: u is not authorized to perform: iam:CreateRole on resource: r with an explicit deny', true],
    ['HarvestingRole: Resource handler returned message: "taken" (RequestToken: r, HandlerErrorCode: AlreadyExists)', false],
    [null, false],
  ])('%s: a missing right is %s', (reason, isDenied) => expect(isDenial(reason)).toBe(isDenied));
});

describe('the delay that AWS requests', () => {
  const after = (headers?: Record<string, string>) => retryAfterOf(Object.assign(new Error('slow down'), { $response: { headers } }));

  it('arrives in seconds, and is returned in milliseconds', () => expect(after({ 'retry-after': '7' })).toBe(7_000));

  it.each([
    [undefined],
    [{}],
    [{ 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }],
    [{ 'retry-after': '-3' }],
    [{ 'retry-after': 'Infinity' }],
  ])('is 0 for %j', (headers) => expect(after(headers)).toBe(0));

  it('is 0 for an error that is no answer', () => {
    expect([
      retryAfterOf(new Error('x')),
      retryAfterOf('x'),
      retryAfterOf(Object.assign(new Error('x'), { $response: undefined })),
    ]).toEqual([0, 0, 0]);
  });
});
