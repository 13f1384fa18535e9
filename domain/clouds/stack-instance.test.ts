import { describe, expect, it } from 'vitest';
import { judgeStackInstance, type StackInstance } from './stack-instance.ts';

const instance = (detailedStatus: string | null, status: string | null = null, reason: string | null = null): StackInstance => ({
  detailedStatus,
  status,
  reason,
});

describe('D5: an account whose role is refused', () => {
  it.each([
    ['none', null],
    ['PENDING', instance('PENDING', 'OUTDATED')],
    ['RUNNING', instance('RUNNING', 'OUTDATED')],
    ['only OUTDATED', instance(null, 'OUTDATED')],
  ])('is late while its stack instance is %s', (_what, given) => {
    expect(judgeStackInstance('muster-x', given)).toMatchObject({
      stage: 'late',
      reason: { code: 'stack_instance_pending', message: expect.stringContaining('muster-x') },
    });
  });

  it.each(['FAILED', 'CANCELLED', 'INOPERABLE', 'SKIPPED_SUSPENDED_ACCOUNT', 'FAILED_IMPORT'])(
    'has failed when it is %s, with the reason that AWS gives',
    (status) => {
      expect(judgeStackInstance('muster-x', instance(status, 'OUTDATED', 'Role harvest already exists'))).toMatchObject({
        stage: 'failed',
        reason: { code: 'stack_instance_failed', message: expect.stringMatching(`${status}.*Role harvest already exists`) },
      });
    },
  );

  it('has failed without a reason, too', () => {
    expect(judgeStackInstance('muster-x', instance(null, 'INOPERABLE'))).toMatchObject({ stage: 'failed' });
  });

  it.each([instance('SUCCEEDED', 'CURRENT'), instance(null, 'CURRENT')])('is not late when its instance is there', (given) => {
    expect(judgeStackInstance('muster-x', given)).toEqual({ stage: 'there' });
  });
});
