import { ApplicationFailure, DefaultFailureConverter, defaultPayloadConverter, type ProtoFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { failureConverter } from './encoded-failures.ts';

const secret = 'the role Harvest of Payments';
const toFailure = (error: unknown): ProtoFailure => failureConverter.errorToFailure(error, defaultPayloadConverter);
const toError = (failure: ProtoFailure): Error => failureConverter.failureToError(failure, defaultPayloadConverter);

/** A failure without its payloads, which the codec encrypts. */
function inClear(failure: ProtoFailure): string {
  return JSON.stringify(failure, (name, value: unknown) => (name === 'encodedAttributes' || name === 'payloads' ? undefined : value));
}

describe('failures of a process that encrypts', () => {
  it('show neither message nor stack, at any depth', () => {
    const failure = toFailure(ApplicationFailure.nonRetryable(secret, 'accessDenied', { secret }));
    const nested = toFailure(
      ApplicationFailure.create({ message: secret, cause: ApplicationFailure.create({ message: secret, cause: new Error(secret) }) }),
    );
    for (const one of [failure, nested]) expect(inClear(one)).not.toMatch(/Harvest|\.test\.ts/);
    expect(failure).toMatchObject({ message: 'Encoded failure', applicationFailureInfo: { type: 'accessDenied', nonRetryable: true } });
  });

  it('come back as they were, and any converter reads them', () => {
    const failure = toFailure(ApplicationFailure.create({ message: secret, type: 't', cause: new Error('the cause') }));
    for (const error of [toError(failure), new DefaultFailureConverter().failureToError(failure, defaultPayloadConverter)]) {
      expect(error).toMatchObject({ message: secret, type: 't', cause: { message: 'the cause' } });
      expect(error.stack).toContain('encoded-failures.test.ts');
    }
  });

  it('keep their message when a run reports them twice', () => {
    const error = toError(toFailure(ApplicationFailure.create({ message: secret })));
    const again = [toFailure(error), toFailure(error)];
    expect(again.map((failure) => toError(failure).message)).toEqual([secret, secret]);
    expect(error.message).toBe(secret);
  });

  it('encode what was recorded in clear before the encryption', () => {
    const recorded = new DefaultFailureConverter().errorToFailure(
      ApplicationFailure.create({ message: secret, cause: ApplicationFailure.create({ message: secret }) }),
      defaultPayloadConverter,
    );
    expect(inClear(recorded)).toContain('Harvest');
    const error = toError(recorded);
    expect(error.message).toBe(secret);
    const failure = toFailure(error);
    expect(inClear(failure)).not.toContain('Harvest');
    expect(toError(failure)).toMatchObject({ message: secret, cause: { message: secret } });
  });
});
