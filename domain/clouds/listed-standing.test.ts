import { describe, expect, it } from 'vitest';
import type { CloudStanding } from './check.ts';
import { accountPendingActivation, accountSuspended, standingOfListed, withReservedTags, type ListedCheck } from './listed-standing.ts';

const gap = { code: 'missing_permission', action: 's3:ListAllMyBuckets', message: 'The role may not list buckets.' };
const refused = { code: 'role_refused', message: 'AWS refuses the role.' } as const;
const throttled = { code: 'throttled', message: 'AWS throttled every attempt.' } as const;
const ok: CloudStanding = { status: 'ok', reason: null, warnings: [] };
const suspended: CloudStanding = { status: 'suspended', reason: accountSuspended, warnings: [] };
const pending: CloudStanding = { status: 'pending', reason: null, warnings: [] };
const active: ListedCheck = { state: 'active', check: 'done', status: 'ok', reason: null, warnings: [] };
const unchecked = { check: 'waiting', status: null } as const;

describe('C2, O10, O18: the status of a member cloud after a sync', () => {
  it.each<[string, Partial<ListedCheck>, CloudStanding | null, CloudStanding]>([
    ['its role answered', {}, null, ok],
    ['a gap', { status: 'warning', warnings: [gap] }, ok, { status: 'warning', reason: null, warnings: [gap] }],
    ['refused', { status: 'access_denied', reason: refused }, ok, { status: 'access_denied', reason: refused, warnings: [] }],
    ['suspended, after any check', { state: 'suspended' }, ok, suspended],
    ['not activated yet', { state: 'pending_activation', ...unchecked }, null, { ...pending, reason: accountPendingActivation }],
    ['no answer: the status stays', { check: 'deferred', status: 'pending', reason: throttled }, ok, ok],
    ['no answer, nothing known', { check: 'deferred', status: 'pending', reason: throttled }, null, { ...pending, reason: throttled }],
    [
      'no answer after a suspension',
      { check: 'deferred', status: 'pending', reason: throttled },
      suspended,
      { ...pending, reason: throttled },
    ],
    ['reinstated and not checked yet', unchecked, suspended, pending],
    ['new and not checked yet', unchecked, null, pending],
    ['not checked: the status stays', unchecked, ok, ok],
  ])('%s', (_name, listed, before, after) => expect(standingOfListed({ ...active, ...listed }, before)).toEqual(after));

  it('B5: a reserved tag key has one warning, which disappears with the tag', () => {
    const told = withReservedTags([gap], ['system.x', 'cloud_org_path']);
    expect(told.map(({ code }) => code)).toEqual(['missing_permission', 'reserved_tag_key', 'reserved_tag_key']);
    expect(withReservedTags(told, ['cloud_org_path', 'system.x'])).toEqual(told);
    expect(withReservedTags(told, [])).toEqual([gap]);
  });
});
