import { describe, expect, it } from 'vitest';
import { formatRoleArn, parseRoleArn, withoutPath } from './arn.ts';
import { roleNameWithPathPattern } from './fields.ts';

describe('C7: role names with a path', () => {
  it.each([
    ['muster', '/', 'muster'],
    ['team/muster', '/team/', 'muster'],
    ['a/b/c/muster', '/a/b/c/', 'muster'],
    ['te{account}m!/muster', '/te{account}m!/', 'muster'],
  ])('%s is taken, and its ARN carries the path', (given, path, roleName) => {
    expect(given).toMatch(roleNameWithPathPattern);
    const arn = formatRoleArn('aws', '123456789012', given);
    expect(arn).toBe(`arn:aws:iam::123456789012:role${path}${roleName}`);
    expect(parseRoleArn(arn)).toEqual({ partition: 'aws', accountId: '123456789012', path, roleName });
    expect(withoutPath(given)).toBe(roleName);
  });

  it.each([
    '',
    '/muster',
    'team/',
    'te am/muster',
    'téam/muster',
    'team/mus:ter',
    'arn:aws:iam::123456789012:role/muster',
    `team/${'m'.repeat(65)}`,
    `${'p'.repeat(511)}/muster`,
  ])('%s is refused', (given) => {
    expect(given).not.toMatch(roleNameWithPathPattern);
  });
});
