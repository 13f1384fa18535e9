import { describe, expect, it } from 'vitest';
import { callerFailure, statusReasonOf } from './status-reason.ts';

const roleArn = 'arn:aws:iam::111122223333:role/muster';
const answered = (name: string, httpStatusCode: number, message: string) =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });

describe('O18: the reason why a role could not be assumed', () => {
  it.each([
    ['AccessDenied', 403, 'User: u is not authorized to perform: sts:AssumeRole on resource: r', 'role_refused'],
    ['AccessDenied', 403, 'User: u is not authorized … with an explicit deny in a service control policy', 'denied_by_scp'],
    [
      'AccessDenied',
      403,
      'User: u … with an explicit deny in a resource control policy: arn:aws:organizations::1:policy/o-1/p-1',
      'denied_by_rcp',
    ],
    ['AccessDenied', 403, 'because no Service Control Policy allows the sts:AssumeRole action', 'denied_by_scp'],
    [
      'ValidationError',
      400,
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
      'chaining_limit',
    ],
    ['ValidationError', 400, 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.', 'duration_above_maximum'],
    ['RegionDisabledException', 403, 'STS is not activated in this region for account:1.', 'region_disabled'],
    ['ValidationError', 400, 'roleSessionName failed to satisfy constraint', 'role_not_usable'],
    ['PackedPolicyTooLarge', 400, 'too large', 'role_not_usable'],
  ])('%s (%i) "%s" is %s, and names the role', (name, status, message, code) => {
    expect(statusReasonOf(answered(name, status, message), roleArn)).toMatchObject({ code, message: expect.stringContaining(roleArn) });
  });

  it.each([
    ['a throttle', answered('Throttling', 400, 'Rate exceeded')],
    ['an outage', answered('InternalFailure', 500, 'x')],
    ['a broken connection', Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })],
    ['no error at all', 'text'],
  ])('from %s nothing is learnt', (_, error) => expect(statusReasonOf(error, roleArn)).toBeNull());
});

describe('a caller that AWS does not accept', () => {
  it.each([
    ['InvalidClientTokenId', 403, 'AccessDenied', 'caller_refused'],
    ['ExpiredToken', 400, 'AccessDenied', 'caller_refused'],
    ['SignatureDoesNotMatch', 403, 'AccessDenied', 'caller_refused'],
  ])('%s fails for all roles alike', (name, status, type, code) => {
    expect(callerFailure(answered(name, status, 'x'))).toMatchObject({ type, details: [{ code, awsCode: name }] });
  });

  it('an identity that does not exist yet may come, so the call is retried', () => {
    const error = Object.assign(new Error('Could not load credentials'), { name: 'CredentialsProviderError' });
    expect(callerFailure(error)).toMatchObject({ type: 'Transient', nonRetryable: false });
  });

  it('the refusal of a role concerns only that role', () => {
    expect(callerFailure(answered('AccessDenied', 403, 'x'))).toBeNull();
    expect(callerFailure(answered('Throttling', 400, 'x'))).toBeNull();
  });
});
