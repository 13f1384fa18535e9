import { describe, expect, it } from 'vitest';
import { standingAfter, type CheckOutcome, type CloudStanding } from './check.ts';

const gap = { code: 'missing_permission', action: 's3:ListAllMyBuckets', message: 'The role may not list buckets.' };
const throttled = { code: 'throttled', message: 'AWS throttled every attempt.' } as const;
const refused = { code: 'role_refused', message: 'AWS refuses the role.' } as const;
const suspended = { code: 'account_suspended', message: 'The account is suspended.' } as const;
const standing = (status: CloudStanding['status'], rest: Partial<CloudStanding> = {}): CloudStanding => ({
  status,
  reason: null,
  warnings: [],
  ...rest,
});

describe('O10: the status of a cloud after a check', () => {
  it.each<[string, CheckOutcome, CloudStanding | null, CloudStanding]>([
    ['accepted', { kind: 'accepted', warnings: [] }, null, standing('ok')],
    ['accepted with gaps', { kind: 'accepted', warnings: [gap] }, null, standing('warning', { warnings: [gap] })],
    ['accepted again, the gaps are closed', { kind: 'accepted', warnings: [] }, standing('warning', { warnings: [gap] }), standing('ok')],
    [
      'denied',
      { kind: 'denied', reason: refused },
      standing('warning', { warnings: [gap] }),
      standing('access_denied', { reason: refused }),
    ],
    [
      'C2: suspended',
      { kind: 'not_checked', status: 'suspended', reason: suspended },
      standing('ok'),
      standing('suspended', { reason: suspended }),
    ],
    [
      'throttled for good: a new cloud stays pending',
      { kind: 'deferred', reason: throttled },
      null,
      standing('pending', { reason: throttled }),
    ],
    ['throttled for good: a known cloud keeps its status', { kind: 'deferred', reason: throttled }, standing('ok'), standing('ok')],
    [
      'throttled for good: a denied cloud keeps its reason',
      { kind: 'deferred', reason: throttled },
      standing('access_denied', { reason: refused }),
      standing('access_denied', { reason: refused }),
    ],
    [
      'throttled for good: a cloud that was suspended is pending',
      { kind: 'deferred', reason: throttled },
      standing('suspended', { reason: suspended }),
      standing('pending', { reason: throttled }),
    ],
  ])('%s', (_name, outcome, before, after) => expect(standingAfter(outcome, before)).toEqual(after));
});
