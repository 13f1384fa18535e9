import { describe, expect, test } from 'vitest';
import { accountOfArn, isForbiddenOwnRole } from './own-account.ts';

const role = (accountId: string, name: string, partition = 'aws') => `arn:${partition}:iam::${accountId}:role/${name}`;
const own = { accountId: '909090909090', allowedRoleArn: role('909090909090', 'path/audit') };

describe('B3: roles of Muster’s own account', () => {
  test.each([
    [role('909090909090', 'audit'), true],
    [role('909090909090', 'other/path/audit'), true],
    [role('909090909090', 'path/audit', 'aws-cn'), true],
    [role('909090909090', 'path/Audit'), true],
    [role('909090909090', 'path/audit'), false],
    [role('111122223333', 'path/audit'), false],
    // The account counts, wherever else its number stands.
    [role('111122223333', '909090909090'), false],
  ])('%s is forbidden: %s', (arn, forbidden) => {
    expect(isForbiddenOwnRole(own, arn)).toBe(forbidden);
  });

  test('none is allowed unless the operator names one', () => {
    expect(isForbiddenOwnRole({ ...own, allowedRoleArn: null }, role('909090909090', 'path/audit'))).toBe(true);
  });

  test('the account of an IAM user counts, too', () => {
    expect(accountOfArn('arn:aws:iam::909090909090:user/muster')).toBe('909090909090');
  });
});
